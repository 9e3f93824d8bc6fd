// What DebOps' role leaves: a drop-in of the unit with -P and -p, tables that are no refiles, the domain and `.domain`
// in the SigningTable. https://github.com/debops/debops/tree/master/ansible/roles/opendkim
import { FIRST, file, postconf, restart, steps, submission, type Profile } from '../profile.ts'

const key = { domain: FIRST, selector: 'mail', path: `/etc/dkimkeys/${FIRST}_mail.pem` }
const SOCKET = '/var/spool/postfix/opendkim/opendkim.sock'

export const debops: Profile = {
  name: 'debops',
  source: 'https://github.com/debops/debops/tree/master/ansible/roles/opendkim',
  about: 'drop-in with -p, `.domain` in a plain table',
  setup: steps(
    file(
      '/etc/opendkim.conf',
      'Syslog                  yes',
      'UMask                   002',
      'KeyTable                /etc/dkimkeys/KeyTable',
      'SigningTable            /etc/dkimkeys/SigningTable',
      'InternalHosts           /etc/dkimkeys/TrustedHosts',
      'ExternalIgnoreList      /etc/dkimkeys/TrustedHosts',
      'OversignHeaders         From',
      'TrustAnchorFile         /usr/share/dns/root.key',
      `Socket                  local:${SOCKET}`,
      'UserID                  opendkim:opendkim',
      'PidFile                 /run/opendkim/opendkim.pid',
    ),
    `openssl genrsa -out ${key.path} 2048 2>/dev/null`,
    `chown opendkim:opendkim ${key.path}`,
    `chmod 0600 ${key.path}`,
    file('/etc/dkimkeys/KeyTable', '# Ansible managed', '', `${`${FIRST}_mail`.padEnd(50)} ${FIRST}:mail:${key.path}`),
    file('/etc/dkimkeys/SigningTable', '# Ansible managed', '', `${FIRST} ${FIRST}_mail`, `.${FIRST} ${FIRST}_mail`),
    file('/etc/dkimkeys/TrustedHosts', '# Ansible managed', '', '127.0.0.1', '::1', 'localhost', `mx1.${FIRST}`),
    file(
      '/etc/systemd/system/opendkim.service.d/pid-socket.conf',
      '[Service]',
      'ExecStart=',
      `ExecStart=/usr/sbin/opendkim -x /etc/opendkim.conf -P /var/run/opendkim/opendkim.pid -p local:${SOCKET}`,
    ),
    'systemctl daemon-reload',
    'install -d -o opendkim -g postfix -m 2750 /var/spool/postfix/opendkim',
    postconf('smtpd_milters = unix:/opendkim/opendkim.sock', 'non_smtpd_milters = unix:/opendkim/opendkim.sock'),
    submission(),
    restart,
  ),
  senders: [`a@${FIRST}`, `a@sub.${FIRST}`],
  ways: ['25', '587', 'sendmail'],
  keys: [key],
  vars: { domains: [FIRST] },
}
