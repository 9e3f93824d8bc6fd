// A key by Domain and KeyFile, `inet:8891@localhost`, and the milter of a parameter of its own, which the services of
// master.cf name. https://help.ubuntu.com/community/Postfix/DKIM and docker-mailserver's main.cf (`dkim_milter`)
import { FIRST, genkey, postconf, restart, steps, submission, type Profile } from '../profile.ts'

const key = { domain: FIRST, selector: 'mail', path: '/etc/mail/mail.private' }

export const ubuntuHelp: Profile = {
  name: 'ubuntu-help',
  source: 'https://help.ubuntu.com/community/Postfix/DKIM',
  about: '$dkim_milter, and port 587 with a list of its own',
  setup: steps(
    genkey(key),
    'chown opendkim /etc/mail/mail.private',
    `cat >>/etc/opendkim.conf <<'LINES'
Domain                  ${FIRST}
KeyFile                 /etc/mail/mail.private
Selector                mail
SOCKET                  inet:8891@localhost
LINES`,
    `echo 'SOCKET="inet:8891@localhost"' >>/etc/default/opendkim`,
    postconf(
      'milter_default_action = accept',
      'milter_protocol = 2',
      'dkim_milter = inet:localhost:8891',
      'smtpd_milters = $dkim_milter',
      'non_smtpd_milters = ${dkim_milter}',
    ),
    submission('smtpd_milters=$dkim_milter'),
    restart,
  ),
  senders: [`a@${FIRST}`],
  ways: ['25', '587', 'sendmail'],
  keys: [key],
  vars: { domains: [FIRST] },
}
