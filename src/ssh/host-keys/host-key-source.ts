// Where the known keys of a host are looked up, and how strictly they are checked: from the inventory, ssh_config and
// the command line.

export interface HostKeySource {
  /** The name or address that is dialled: ssh_config's HostName. */
  readonly host: string
  readonly port: number
  /** HostKeyAlias: looked up instead, without the port. */
  readonly alias: string | undefined
  /**
   * CheckHostIP yes: the address that was connected to, looked up as well. `undefined` for CheckHostIP no (the
   * default), and through a proxy, where it is not known.
   */
  readonly ip: string | undefined
  /** UserKnownHostsFile, absolute; new keys are recorded in the first. */
  readonly userFiles: readonly string[]
  /** GlobalKnownHostsFile, absolute. */
  readonly globalFiles: readonly string[]
  /** RevokedHostKeys, absolute. */
  readonly revokedHostKeys: string | undefined
  /** StrictHostKeyChecking: `accept-new` records the key of a host that has none. */
  readonly strict: 'yes' | 'accept-new'
  /** HashKnownHosts, for what is recorded. */
  readonly hash: boolean
  /** ProxyJump or ProxyCommand: ssh-keyscan cannot reach the host. */
  readonly proxied: boolean
}
