// What a host told of its Postfix: texts, not judged here.
import type { Untrusted } from '../shell/untrusted.ts'

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

/** What Debian sets where main.cf says nothing; `$name` of no other built-in parameter is known. */
const BUILT_IN: Readonly<Record<string, string>> = {
  cleanup_service_name: 'cleanup',
  config_directory: '/etc/postfix',
  internal_mail_filter_classes: '',
  master_service_disable: '',
  milter_default_action: 'tempfail',
  non_smtpd_milters: '',
  queue_directory: '/var/spool/postfix',
  receive_override_options: '',
  smtpd_milter_maps: '',
  smtpd_milters: '',
  // Given by master(8), and empty but under load.
  stress: '',
}

/** Beginnings of the names of Postfix 3.7's and 3.10's built-in parameters, up to the first low line. */
const BUILT_IN_NAMES = new Set(
  (
    '2bounce access address alias allow alternate always anvil append authorized backwards berkeley best biff body ' +
    'bounce broken canonical cleanup command compatibility config confirm connection content cyrus daemon data ' +
    'debug debugger default defer delay deliver destination detect disable dns dnssec dnsblog dont double duplicate ' +
    'empty enable error execution expand export extract fallback fast fault flush forward frozen full hash header ' +
    'helpful home hopcount html ignore import in inet info initial inline internal invalid ipc known lmdb lmtp ' +
    'local luser mail mailbox mailq manpage maps master max maximal message meta milter mime minimal multi ' +
    'multiple mydestination mydomain myhostname mynetworks myorigin nested newaliases non notify openssl opportunistic ' +
    'owner parent permit pickup pipe plaintext policy postmulti postscreen prepend process propagate proxy proxymap ' +
    'qmgr qmqpd queue readme receive recipient reject relay relayhost relocated remote require reset resolve respectful ' +
    'rewrite sample send sender sendmail service setgid shlib show smtp smtpd smtputf8 socketmap soft stale ' +
    'strict sun swap syslog tcp tls tlsmgr tlsproxy trace transport trigger unknown unverified use utf8 verp virtual ' +
    'lookup message default postlog postlogd uid gid process rbl minimum'
  ).split(' '),
)

/** The value of a parameter that main.cf does not set; `undefined`: it may have one that is not known here. */
export function builtIn(name: Untrusted): string | undefined {
  const known = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined
  if (known !== undefined) return known
  // What is no parameter at all, Postfix takes for empty.
  return BUILT_IN_NAMES.has(name.split('_', 1)[0] ?? '') ? undefined : ''
}
