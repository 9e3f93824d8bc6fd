// How a host signs its mail, as its daemons read it: what `mailrun audit` looks at for traps.

/** A place in a file. `line` is 0 where it is no line of its own. */
export interface FileLine {
  readonly path: string
  readonly line: number
}

export interface Setting extends FileLine {
  /** As written. */
  readonly name: string
  /** Empty for settings that are not looked at. */
  readonly value: string
}

export type TableName = 'keytable' | 'signingtable' | 'internalhosts' | 'externalignorelist' | 'peerlist'

export interface OpendkimTable {
  readonly name: TableName
  /** `file`, `refile`, `csl`, or one that is not read: `ldap`, `dsn`, `db` … */
  readonly kind: string
  /** Of a file. */
  readonly path: string
  /** `unreadable`: by the user that the daemon runs as. `other`: it is no file. */
  readonly state: 'there' | 'absent' | 'unreadable' | 'other'
  readonly rows: readonly { readonly line: number; readonly text: string }[]
  /** There are more rows than are looked at. */
  readonly cut: boolean
}

export interface HostKey {
  readonly path: string
  readonly state: OpendkimTable['state']
  /** SubjectPublicKeyInfo, DER, base64; empty where it holds no private key that can be used without a passphrase. */
  readonly publicKey: string
}

export interface PathAttributes {
  /** `d`, `f`, `l`, `s` (socket), `o` (other). */
  readonly type: string
  readonly owner: string
  readonly group: string
  /** Four octal digits. */
  readonly mode: string
}

export interface MailSetup {
  /** Why nothing could be asked. */
  readonly obstacle?: string
  /** Of those that send or sign mail: version by name. */
  readonly packages: Readonly<Record<string, string>>
  /** Units of other signers and MTAs that run. */
  readonly running: readonly string[]
  /** systemctl show: LoadState, ActiveState, UnitFileState, Type, PIDFile, DropInPaths, FragmentPath, User. */
  readonly unit: Readonly<Record<string, string>>
  /** That the daemon was started with, its own name left out. */
  readonly arguments: readonly string[]
  readonly configuration: { readonly path: string; readonly present: boolean }
  readonly settings: readonly Setting[]
  /** What `opendkim -n` says, where it refuses the configuration. */
  readonly refused?: string
  /** Of /etc/default/opendkim, which systemd does not read. */
  readonly defaults: readonly Setting[]
  /** That the daemon runs as. */
  readonly user: string
  /** Of that user, besides its own. */
  readonly groups: readonly string[]
  readonly tables: readonly OpendkimTable[]
  readonly keys: readonly HostKey[]
  /** Whether public keys could be told. */
  readonly openssl: boolean
  /** Of keys, tables and the socket, and of what is above them. */
  readonly paths: Readonly<Record<string, PathAttributes>>
  /** By group. */
  readonly members: Readonly<Record<string, readonly string[]>>
  /** Of main.cf, `$name` expanded; empty where there is no Postfix. */
  readonly parameters: Readonly<Record<string, string>>
  /** Where main.cf sets each, in order. */
  readonly parameterLines: Readonly<Record<string, readonly number[]>>
  /** Of master.cf. */
  readonly services: readonly {
    readonly name: string
    readonly command: string
    readonly chroot: boolean
    readonly overrides: Readonly<Record<string, string>>
  }[]
}
