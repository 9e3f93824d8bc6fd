// The algorithms that mailrun offers to a host: of OpenSSH 9.2's defaults (`ssh -G`, myproposal.h) those that the
// package ssh2 has, the cheapest first.

/**
 * Without diffie-hellman-group-exchange-sha256, which costs 1.5 s of the controller's processor a host; ssh2 has no
 * sntrup761x25519.
 */
export const KEX = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
] as const

/** In OpenSSH's order. RSA with SHA-2 only; no DSA. */
export const HOST_KEYS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const

/** AES-GCM first: processors have instructions for it. No CBC. */
export const CIPHERS = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
] as const

/** SHA-2 only, though OpenSSH still has hmac-sha1: every sshd since 5.9 (2011) has these. ssh2 has no UMAC. */
export const MACS = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
] as const

/** Texts compress well, but the round trip counts: not before it is asked for. */
export const COMPRESSION = ['none'] as const
