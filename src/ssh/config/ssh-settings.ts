// The settings of one destination as a connection needs them: typed, with everything expanded.

/** One keyword in lower case with a value as `ssh -G` prints it; keywords that add up come once for each value. */
export interface SshSetting {
  readonly keyword: string
  readonly value: string
  /** file:line, what an option was given as, or undefined for a default. */
  readonly where: string | undefined
}

export interface SshHop {
  /** undefined: what ssh_config says for the hop itself, else the user who runs mailrun. */
  readonly user: string | undefined
  readonly host: string
  /** undefined: what ssh_config says for the hop itself, else 22. */
  readonly port: number | undefined
}

/** A key or certificate, absolute, with where it was said. */
export interface SshKeyFile {
  readonly path: string
  /** undefined: one of the defaults, which may be missing. */
  readonly where: string | undefined
}

/** ssh_config(5) says what each means; times are seconds. */
export interface SshSettings {
  /** As given. */
  readonly host: string
  /** Where to connect: a name or an address. */
  readonly hostName: string
  readonly user: string
  readonly port: number
  readonly identityFiles: readonly SshKeyFile[]
  readonly certificateFiles: readonly SshKeyFile[]
  readonly identitiesOnly: boolean
  /** A socket's path; `none`: no agent; undefined: SSH_AUTH_SOCK. */
  readonly identityAgent: string | undefined
  /** `true`, `false`, `ask`, `confirm`, or a time, `confirm` before it or not. */
  readonly addKeysToAgent: string
  readonly pkcs11Provider: string | undefined
  readonly securityKeyProvider: string | undefined
  /** From the first to the last; each is itself a destination to resolve. Empty: none. */
  readonly proxyJump: readonly SshHop[]
  /** For `sh -c 'exec …'`, tokens expanded. */
  readonly proxyCommand: string | undefined
  /** undefined: the system's. */
  readonly connectTimeout: number | undefined
  readonly connectionAttempts: number
  /** 0: never. */
  readonly serverAliveInterval: number
  readonly serverAliveCountMax: number
  readonly tcpKeepAlive: boolean
  readonly addressFamily: 'any' | 'inet' | 'inet6'
  readonly bindAddress: string | undefined
  readonly bindInterface: string | undefined
  readonly userKnownHostsFiles: readonly string[]
  readonly globalKnownHostsFiles: readonly string[]
  readonly knownHostsCommand: string | undefined
  readonly revokedHostKeys: string | undefined
  readonly hostKeyAlias: string | undefined
  readonly strictHostKeyChecking: 'yes' | 'no' | 'ask' | 'accept-new'
  readonly checkHostIp: boolean
  readonly hashKnownHosts: boolean
  readonly updateHostKeys: 'yes' | 'no' | 'ask'
  readonly verifyHostKeyDns: 'yes' | 'no' | 'ask'
  readonly noHostAuthenticationForLocalhost: boolean
  readonly preferredAuthentications: readonly string[] | undefined
  readonly pubkeyAuthentication: boolean
  readonly passwordAuthentication: boolean
  readonly kbdInteractiveAuthentication: boolean
  readonly gssapiAuthentication: boolean
  readonly hostbasedAuthentication: boolean
  readonly numberOfPasswordPrompts: number
  readonly batchMode: boolean
  /** Names in order, `+`, `-`, `^` and wildcards evaluated on OpenSSH 9.2's defaults. */
  readonly kexAlgorithms: readonly string[]
  readonly ciphers: readonly string[]
  readonly macs: readonly string[]
  /** `isDefault`: ssh then puts those first of which known_hosts has a key. */
  readonly hostKeyAlgorithms: { readonly names: readonly string[]; readonly isDefault: boolean }
  readonly pubkeyAcceptedAlgorithms: readonly string[]
  readonly caSignatureAlgorithms: readonly string[]
  readonly requiredRsaSize: number
  readonly compression: boolean
  readonly forwardAgent: boolean
  readonly requestTty: 'yes' | 'no' | 'auto' | 'force'
  readonly remoteCommand: string | undefined
  readonly sendEnv: readonly string[]
  /** `NAME=VALUE` */
  readonly setEnv: readonly string[]
  readonly controlMaster: 'yes' | 'no' | 'auto' | 'ask' | 'autoask'
  readonly controlPath: string | undefined
  /** `yes`, `no`, or seconds. */
  readonly controlPersist: string
  readonly all: readonly SshSetting[]
}
