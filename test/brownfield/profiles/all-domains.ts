// `Domain *` with SubDomains: whatever comes from inside is signed, with the sender's own domain in d=; a key that
// is root's, read before OpenDKIM becomes another user; the socket in a drop-in that opendkim.service.generate writes.
// dkimInstalled of propellor's JoeySites: https://propellor.branchable.com/
import { FIRST, SECOND, postconf, restart, steps, submission, type Profile } from '../profile.ts'

const keys = [FIRST, SECOND].map((domain) => ({ domain, selector: 'mail', path: '/etc/mail/dkim.key' }))

export const allDomains: Profile = {
  name: 'all-domains',
  source: 'https://propellor.branchable.com/',
  about: 'Domain * with SubDomains',
  setup: steps(
    'mkdir -p /etc/mail',
    'openssl genrsa -out /etc/mail/dkim.key 2048 2>/dev/null',
    'chmod 600 /etc/mail/dkim.key',
    `echo 'SOCKET="inet:8891@localhost"' >>/etc/default/opendkim`,
    '/lib/opendkim/opendkim.service.generate >/dev/null',
    'systemctl daemon-reload',
    `cat >>/etc/opendkim.conf <<'LINES'
KeyFile /etc/mail/dkim.key
SubDomains yes
Domain *
Selector mail
LINES`,
    postconf(
      'smtpd_milters = inet:localhost:8891',
      'non_smtpd_milters = inet:localhost:8891',
      'milter_default_action = accept',
    ),
    submission(),
    restart,
  ),
  senders: [`a@${FIRST}`, `a@${SECOND}`, `a@sub.${FIRST}`, 'a@elsewhere.test'],
  ways: ['25', '587', 'sendmail'],
  keys,
  vars: { domains: [FIRST, SECOND] },
  refusedByHand: true,
  // No line names a domain; what it signs for others is given up.
  decided: {
    vars: { domains: [FIRST, SECOND], drop_signing: ['*'] },
    senders: [`a@${FIRST}`, `a@${SECOND}`],
  },
}
