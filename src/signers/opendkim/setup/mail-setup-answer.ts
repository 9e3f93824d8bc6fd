// How OpenDKIM signs on a host, as the daemon reads its configuration. The audit rules read these values.
import type { MailSetup } from '../../../mail/mail-setup.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

/** A place in a file. `line` is 0 where it is no line of its own. */
export interface FileLine {
  readonly path: Untrusted
  readonly line: number
}

export interface Setting extends FileLine {
  readonly name: Untrusted
  readonly value: Untrusted
}

export type TableName = 'keytable' | 'signingtable' | 'internalhosts' | 'externalignorelist' | 'peerlist'

export interface OpendkimTable {
  readonly name: TableName
  /** `file`, `refile`, `csl`, or one that is not read: `ldap`, `dsn`, `db` … */
  readonly kind: Untrusted
  /** Of a file; '' of a list. */
  readonly path: Untrusted
  /** `unreadable`: by the user that the daemon runs as. `other`: it is no file. */
  readonly state: 'there' | 'absent' | 'unreadable' | 'other'
  /** Key and value of each line, without comments. */
  readonly rows: readonly { readonly line: number; readonly text: Untrusted }[]
  /** It is longer than is read. */
  readonly cut: boolean
}

/** A line by which mail is signed. */
export interface SignedLine {
  /** In which a star is any text, of whole addresses. */
  readonly pattern: Untrusted
  /** Of the SigningTable, or of Domain. */
  readonly line: number
  /** `d=`; `%` for the sender's domain. */
  readonly domain: Untrusted
  readonly selector: Untrusted
  /** The private key's path; '' where it stands in the table itself. */
  readonly key: Untrusted
  /** In the KeyTable; '' for KeyFile. */
  readonly keyName: Untrusted
  /** Of the KeyTable, or of KeyFile. */
  readonly keyLine: number
}

export interface HostKey {
  readonly path: Untrusted
  readonly state: OpendkimTable['state']
  /** SubjectPublicKeyInfo, DER, base64; empty where it holds no private key that can be used without a passphrase. */
  readonly publicKey: Untrusted
}

export interface PathAttributes {
  /** `d`, `f`, `l`, `s` (socket), `o` (other). */
  readonly type: Untrusted
  readonly owner: Untrusted
  readonly group: Untrusted
  /** Four octal digits. */
  readonly mode: Untrusted
}

export interface OpendkimMailSetup extends MailSetup {
  /** systemctl show: LoadState, ActiveState, UnitFileState, Type, PIDFile, DropInPaths, FragmentPath, User. */
  readonly unit: Readonly<Record<string, Untrusted>>
  /** That the daemon was started with, its own name left out. */
  readonly arguments: readonly Untrusted[]
  readonly configuration: { readonly path: Untrusted; readonly present: boolean }
  /** All, those that a later one supersedes too. */
  readonly settings: readonly Setting[]
  /** What `opendkim -n` says, where it refuses the configuration. */
  readonly refused?: Untrusted
  /** Why, by the lines of the configuration that no daemon takes: `it knows no setting "ADSPAction"`. */
  readonly refusals?: readonly { readonly path: Untrusted; readonly line: number; readonly what: Untrusted }[]
  /** Of /etc/default/opendkim, which systemd does not read. */
  readonly defaults: readonly Setting[]
  /** That the daemon runs as. */
  readonly user: Untrusted
  /** Of that user, besides its own. */
  readonly groups: readonly Untrusted[]
  readonly tables: readonly OpendkimTable[]
  /** In the order in which they count. */
  readonly signing: readonly SignedLine[]
  readonly keys: readonly HostKey[]
  /** Whether public keys could be read. */
  readonly openssl: boolean
  /** Of keys, tables and the socket, and of what is above them. */
  readonly paths: Readonly<Record<string, PathAttributes>>
  /** By group. */
  readonly members: Readonly<Record<string, readonly Untrusted[]>>
}
