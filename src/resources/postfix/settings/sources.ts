// The texts of a host's Postfix configuration, before they are parsed.
import type { Untrusted } from '../../../shell/untrusted.ts'

/** A line of master.cf that is a service which is not disabled. */
export interface PostfixService {
  /** As postconf(1) names it: `smtp/inet`, `127.0.0.1:10025/inet`. */
  readonly name: Untrusted
  /** The daemon: `smtpd`. */
  readonly command: Untrusted
  readonly chroot: boolean
  /** Its options `-o`, as written: `$name` not expanded. */
  readonly overrides: ReadonlyMap<string, Untrusted>
}

/** One Postfix: what its main.cf and master.cf say. */
export interface PostfixInstance {
  /** `/etc/postfix`. */
  readonly directory: Untrusted
  /** What main.cf sets, as written: `$name` not expanded. */
  readonly main: ReadonlyMap<string, Untrusted>
  readonly services: readonly PostfixService[]
}

/** Names and addresses by which programs of a host reach that host. */
export interface HostNames {
  /** Its own name, and the whole of it. */
  readonly own: readonly Untrusted[]
  /** /etc/hosts: addresses by name, in lower case. */
  readonly hosts: ReadonlyMap<string, readonly Untrusted[]>
  /** Addresses of its interfaces. */
  readonly addresses: ReadonlySet<Untrusted>
}

export interface PostfixSources extends PostfixInstance {
  readonly host: HostNames
  /** The other instances that postmulti(1) starts. */
  readonly instances: readonly (PostfixInstance | UnreadInstance)[]
}

/** An instance of which main.cf or master.cf could not be read. */
export interface UnreadInstance {
  readonly directory: Untrusted
  readonly unread: string
}
