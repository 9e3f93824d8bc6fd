// What Mail-in-a-Box leaves: settings after Debian's own (two Sockets), a key below /home for every domain, OpenDMARC
// as a second milter (a stand-in). https://github.com/mail-in-a-box/mailinabox/blob/main/setup/dkim.sh
import { FIRST, SECOND, file, postconf, restart, steps, submission, type Profile } from '../profile.ts'
import { milterStandIn } from '../stand-ins.ts'

const DIRECTORY = '/home/user-data/mail/dkim'
const keys = [FIRST, SECOND].map((domain) => ({ domain, selector: 'mail', path: `${DIRECTORY}/mail.private` }))

export const mailInABox: Profile = {
  name: 'mail-in-a-box',
  source: 'https://github.com/mail-in-a-box/mailinabox/blob/main/setup/dkim.sh',
  about: 'two Sockets, one key below /home, a second milter',
  setup: steps(
    `mkdir -p /etc/opendkim ${DIRECTORY}`,
    `echo 127.0.0.1 >/etc/opendkim/TrustedHosts`,
    `cat >>/etc/opendkim.conf <<'LINES'
MinimumKeyBits          1024
ExternalIgnoreList      refile:/etc/opendkim/TrustedHosts
InternalHosts           refile:/etc/opendkim/TrustedHosts
KeyTable                refile:/etc/opendkim/KeyTable
SigningTable            refile:/etc/opendkim/SigningTable
Socket                  inet:8891@localhost
RequireSafeKeys         false
LINES`,
    `opendkim-genkey -b 2048 -r -s mail -D ${DIRECTORY}`,
    `chown -R opendkim:opendkim ${DIRECTORY}`,
    `chmod go-rwx ${DIRECTORY}`,
    file('/etc/opendkim/KeyTable', ...keys.map(({ domain, path }) => `${domain} ${domain}:mail:${path}`)),
    file('/etc/opendkim/SigningTable', ...keys.map(({ domain }) => `*@${domain} ${domain}`)),
    milterStandIn('opendmarc', 8893),
    postconf(
      'smtpd_milters = inet:127.0.0.1:8891 inet:127.0.0.1:8893',
      'non_smtpd_milters = $smtpd_milters',
      'milter_default_action = accept',
    ),
    submission('milter_macro_daemon_name=ORIGINATING'),
    restart,
  ),
  senders: [`a@${FIRST}`, `a@${SECOND}`],
  ways: ['25', '587', 'sendmail'],
  keys,
  vars: { domains: [FIRST, SECOND] },
  keyAtHome: true,
}
