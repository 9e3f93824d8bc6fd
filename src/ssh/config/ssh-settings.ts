// The SSH settings of one destination, as a connection needs them: typed, with all tokens expanded.
import type { Hop } from './jump.ts'

/** A private key file, absolute; a named one must be usable, a default one is passed over where it is missing. */
export interface SshKeyFile {
  readonly path: string
  readonly named: boolean
}

/** ssh_config(5) says what each means; times are seconds. Algorithms are `undefined` where no line names any. */
export interface SshSettings {
  /** As given. */
  readonly host: string
  /** Where to connect: a name or an address. */
  readonly hostName: string
  readonly user: string
  readonly port: number
  readonly identityFiles: readonly SshKeyFile[]
  readonly identitiesOnly: boolean
  /** A socket's path; `none`: no agent; undefined: SSH_AUTH_SOCK. */
  readonly identityAgent: string | undefined
  /** From the first to the last; each is itself a destination to resolve. Empty: none. */
  readonly proxyJump: readonly Hop[]
  /** undefined: the system's. */
  readonly connectTimeout: number | undefined
  readonly connectionAttempts: number
  /** 0: never. */
  readonly serverAliveInterval: number
  readonly serverAliveCountMax: number
  readonly addressFamily: 'any' | 'inet' | 'inet6'
  readonly bindAddress: string | undefined
  readonly userKnownHostsFiles: readonly string[]
  readonly globalKnownHostsFiles: readonly string[]
  readonly revokedHostKeys: string | undefined
  readonly hostKeyAlias: string | undefined
  readonly strictHostKeyChecking: 'yes' | 'no' | 'ask' | 'accept-new'
  readonly hashKnownHosts: boolean
  readonly noHostAuthenticationForLocalhost: boolean
  readonly preferredAuthentications: readonly string[] | undefined
  readonly pubkeyAuthentication: boolean
  readonly passwordAuthentication: boolean
  readonly kbdInteractiveAuthentication: boolean
  readonly kexAlgorithms: readonly string[] | undefined
  readonly ciphers: readonly string[] | undefined
  readonly macs: readonly string[] | undefined
  readonly hostKeyAlgorithms: readonly string[] | undefined
  readonly controlPath: string | undefined
  /** Keywords that only the system's ssh can do as they say; those that are newer than mailrun, too. */
  readonly forOpenssh: readonly string[]
  /** Keywords that say something, and make no difference to mailrun's own client. */
  readonly passedOver: readonly string[]
}
