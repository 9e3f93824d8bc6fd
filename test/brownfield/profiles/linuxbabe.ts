// Tables that sign subdomains too, by `*@*.`, and the socket in Postfix's chroot. Steps of
// https://www.linuxbabe.com/mail-server/setting-up-dkim-and-spf
import { FIRST, file, genkey, postconf, restart, steps, submission, type Profile } from '../profile.ts'

const key = { domain: FIRST, selector: 'default', path: `/etc/opendkim/keys/${FIRST}/default.private` }

export const linuxbabe: Profile = {
  name: 'linuxbabe',
  source: 'https://www.linuxbabe.com/mail-server/setting-up-dkim-and-spf',
  about: 'refile tables with *@*.domain, socket in the chroot',
  setup: steps(
    'gpasswd -a postfix opendkim >/dev/null',
    String.raw`sed -i 's/^\(Socket\)\s.*/\1 local:\/var\/spool\/postfix\/opendkim\/opendkim.sock/' /etc/opendkim.conf`,
    `cat >>/etc/opendkim.conf <<'LINES'
Mode                    sv
SubDomains              no
AutoRestart             yes
AutoRestartRate         10/1M
Background              yes
DNSTimeout              5
SignatureAlgorithm      rsa-sha256
# Map domains in From addresses to keys used to sign messages
KeyTable           refile:/etc/opendkim/key.table
SigningTable       refile:/etc/opendkim/signing.table
# Hosts to ignore when verifying signatures
ExternalIgnoreList  /etc/opendkim/trusted.hosts
# A set of internal hosts whose mail should be signed
InternalHosts       /etc/opendkim/trusted.hosts
LINES`,
    'mkdir -p /etc/opendkim/keys',
    file(
      '/etc/opendkim/signing.table',
      `*@${FIRST}      default._domainkey.${FIRST}`,
      `*@*.${FIRST}    default._domainkey.${FIRST}`,
    ),
    file('/etc/opendkim/key.table', `default._domainkey.${FIRST}     ${FIRST}:default:${key.path}`),
    file('/etc/opendkim/trusted.hosts', '127.0.0.1', 'localhost', '', `.${FIRST}`),
    genkey(key),
    'chown -R opendkim:opendkim /etc/opendkim',
    'chmod go-rw /etc/opendkim/keys',
    `chmod 600 ${key.path}`,
    'mkdir -p /var/spool/postfix/opendkim',
    'chown opendkim:postfix /var/spool/postfix/opendkim',
    String.raw`sed -i 's|^SOCKET=.*|SOCKET="local:/var/spool/postfix/opendkim/opendkim.sock"|' /etc/default/opendkim`,
    postconf(
      'milter_default_action = accept',
      'milter_protocol = 6',
      'smtpd_milters = local:opendkim/opendkim.sock',
      'non_smtpd_milters = $smtpd_milters',
    ),
    submission(),
    restart,
  ),
  senders: [`a@${FIRST}`, `a@sub.${FIRST}`],
  ways: ['25', '587', 'sendmail'],
  keys: [key],
  vars: { domains: [FIRST] },
  refusedByHand: true,
}
