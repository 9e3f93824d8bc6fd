// `Domain *` with SubDomains: whatever comes from inside is signed, with the sender's own domain in d=. As in
// https://git.spwhitton.name/propellor and opendkim.conf(5)
import { FIRST, SECOND, genkey, postconf, restart, steps, submission, type Profile } from '../profile.ts'

const keys = [FIRST, SECOND].map((domain) => ({ domain, selector: 'mail', path: '/etc/mail/mail.private' }))

export const allDomains: Profile = {
  name: 'all-domains',
  source: 'https://propellor.branchable.com/haddock/src/Propellor-Property-Postfix.html',
  about: 'Domain * with SubDomains',
  setup: steps(
    genkey(keys[0]!),
    'chown root:opendkim /etc/mail/mail.private',
    'chmod 640 /etc/mail/mail.private',
    String.raw`sed -i '/^Socket/d' /etc/opendkim.conf`,
    `cat >>/etc/opendkim.conf <<'LINES'
Domain		*
SubDomains	yes
KeyFile		/etc/mail/mail.private
Selector	mail
Socket		inet:8891@localhost
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
}
