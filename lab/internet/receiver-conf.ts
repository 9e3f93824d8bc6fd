// The configuration of the lab's mail receiver: Postfix with policyd-spf, OpenDKIM and OpenDMARC, which add their
// results and refuse nothing. Pure functions.
import { AUTHSERV_ID, RECEIVER_DOMAIN, SENDER_DOMAINS, SIX_DOMAIN, THIRD_PARTY_DOMAIN } from './names.ts'
import { NUMBERS } from './zones.ts'

/** All mail of its domains, whatever the local part. */
export const MAILDIR = '/var/mail/inbox'

const DOMAINS = [RECEIVER_DOMAIN, SIX_DOMAIN, ...SENDER_DOMAINS, THIRD_PARTY_DOMAIN]

const MAIN_CF = `compatibility_level = 3.6
myhostname = mx.${RECEIVER_DOMAIN}
mydestination = $myhostname, localhost
mynetworks = 127.0.0.0/8 [::1]/128
inet_interfaces = all
inet_protocols = all
alias_maps =
virtual_mailbox_domains = ${DOMAINS.join(' ')}
virtual_mailbox_base = /var/mail
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:UID
virtual_gid_maps = static:GID
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_recipient_restrictions = check_policy_service unix:private/policyd-spf
policyd-spf_time_limit = 3600
smtpd_milters = inet:127.0.0.1:8891, inet:127.0.0.1:8893
milter_default_action = tempfail
`

const POLICYD_SPF_SERVICE = 'policyd-spf unix - n n - 0 spawn\n  user=policyd-spf argv=/usr/bin/policyd-spf\n'

const POLICYD_SPF = `debugLevel = 1
TestOnly = 0
HELO_reject = False
Mail_From_reject = False
PermError_reject = False
TempError_Defer = False
skip_addresses = 127.0.0.0/8,::1
Header_Type = AR
Authserv_Id = ${AUTHSERV_ID}
`

/**
 * As org. is for the rest of the world: so a name below fleet.test has its policy. Debian's list does not know test.
 */
const SUFFIXES = '/etc/opendmarc.suffixes'

const UNBOUND_CONF = '/etc/opendkim.unbound.conf'

/**
 * Debian's libunbound knows no resolv.conf and would ask the real root; a TrustAnchorFile would make it distrust the
 * lab's.
 */
const opendkim = (subnet: string): string => `Mode v
Syslog yes
UserID opendkim
PidFile /run/opendkim/opendkim.pid
Socket inet:8891@127.0.0.1
AuthservID ${AUTHSERV_ID}
AlwaysAddARHeader yes
Nameservers ${subnet}.${NUMBERS.resolver}
ResolverConfiguration ${UNBOUND_CONF}
`

/**
 * Else libunbound says itself that nothing is below test. (RFC 6761), and would hold answers on its own beside the
 * resolver.
 */
const UNBOUND = 'server:\n  local-zone: "test." nodefault\n  cache-max-ttl: 0\n  cache-max-negative-ttl: 0\n'

const OPENDMARC = `Syslog true
UserID opendmarc
PidFile /run/opendmarc/opendmarc.pid
Socket inet:8893@127.0.0.1
AuthservID ${AUTHSERV_ID}
TrustedAuthservIDs ${AUTHSERV_ID}
PublicSuffixList ${SUFFIXES}
RejectFailures false
SPFIgnoreResults true
SPFSelfValidate true
`

/**
 * As a verifier Debian's OpenDKIM dies of SEGV now and then where several messages come at once. systemd starts it
 * again, but not for ever; until then mail is deferred, and senders try again.
 */
const COMES_BACK = '[Unit]\nStartLimitIntervalSec=0\n'

export interface ReceiverFile {
  readonly path: string
  readonly text: string
  /** Put behind what is there. */
  readonly append?: true
}

/** @param inbox - who owns the mail: number of user and of group. */
export const receiverFiles = (
  subnet: string,
  inbox: { readonly uid: number; readonly gid: number },
): readonly ReceiverFile[] => [
  { path: '/etc/mailname', text: `mx.${RECEIVER_DOMAIN}\n` },
  { path: '/etc/postfix/main.cf', text: MAIN_CF.replace('UID', String(inbox.uid)).replace('GID', String(inbox.gid)) },
  { path: '/etc/postfix/master.cf', text: POLICYD_SPF_SERVICE, append: true },
  { path: '/etc/postfix-policyd-spf-python/policyd-spf.conf', text: POLICYD_SPF },
  { path: '/etc/opendkim.conf', text: opendkim(subnet) },
  { path: UNBOUND_CONF, text: UNBOUND },
  { path: '/etc/opendmarc.conf', text: OPENDMARC },
  { path: SUFFIXES, text: 'test\n' },
  ...['opendkim', 'opendmarc'].map((daemon) => ({
    path: `/etc/systemd/system/${daemon}.service.d/restart.conf`,
    text: COMES_BACK,
  })),
]
