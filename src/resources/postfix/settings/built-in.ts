// Default values of Postfix's parameters that main.cf does not set.
import type { Untrusted } from '../../../shell/untrusted.ts'

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

/** Beginnings of the names of Postfix 3.7's and 3.10's parameters, up to the first low line. */
const BUILT_IN_NAMES = new Set(
  (
    '2bounce access address alias allow alternate always anvil append application authorized backwards ' +
    'berkeley best biff body bounce broken canonical cleanup client command compatibility config confirm ' +
    'connection content cyrus daemon data debug debugger default defer delay deliver destination detect ' +
    'disable dns dnsblog dnssec dont double duplicate empty enable error execution expand export ' +
    'fallback fast fault flush force fork forward frozen full hash header helpful home hopcount html ' +
    'ignore import in inet info initial internal invalid ipc known line lmdb lmtp lmtpd local luser mail ' +
    'mailbox maildir maillog mailq manpage maps masquerade master max maximal message meta milter mime ' +
    'minimal multi mydestination mydomain myhostname mynetworks myorigin nested newaliases non notify ' +
    'openssl owner parent permit pickup pipe plaintext postlog postlogd postmulti postscreen prepend ' +
    'process propagate proxy proxymap proxywrite qmgr qmqpd queue rbl readme receive recipient reject ' +
    'relay relayhost relocated remote require reset resolve respectful retry rewrite sample send sender ' +
    'sendmail service setgid shlib show showq smtp smtpd smtputf8 socketmap soft stale stress strict sun ' +
    'swap syslog tcp tls tlsmgr tlsproxy trace transport trigger undisclosed unknown unverified use verp ' +
    'virtual'
  ).split(' '),
)

/** The value of a parameter that main.cf does not set; `undefined`: it may have one that is not known here. */
export function builtIn(name: Untrusted): string | undefined {
  const known = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined
  if (known !== undefined) return known
  // What is no parameter at all, Postfix takes for empty.
  return BUILT_IN_NAMES.has(name.split('_', 1)[0] ?? '') ? undefined : ''
}
