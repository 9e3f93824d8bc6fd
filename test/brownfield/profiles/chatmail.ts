// What chatmail's cmdeploy leaves: filtermail as a proxy before the queue (a stand-in), a way back that alone asks
// OpenDKIM and says ORIGINATING, `InternalHosts -`, tables beside Domain and KeyFile.
// https://github.com/chatmail/relay/tree/main/cmdeploy/src/cmdeploy
import { FIRST, file, genkey, postconf, restart, steps, type Profile } from '../profile.ts'
import { filterStandIn } from '../stand-ins.ts'

const key = { domain: FIRST, selector: 'opendkim', path: '/etc/dkimkeys/opendkim.private' }

export const chatmail: Profile = {
  name: 'chatmail',
  source: 'https://github.com/chatmail/relay/tree/main/cmdeploy/src/cmdeploy',
  about: 'signs by MTA ORIGINATING, behind a proxy',
  setup: steps(
    genkey(key),
    'chown opendkim:opendkim /etc/dkimkeys/opendkim.private',
    file(
      '/etc/opendkim.conf',
      'Syslog\t\t\tyes',
      'SyslogSuccess\t\tyes',
      'Canonicalization\trelaxed/simple',
      'DNSTimeout          60',
      `Domain\t\t\t${FIRST}`,
      'Selector\t\topendkim',
      `KeyFile\t\t  ${key.path}`,
      'KeyTable          /etc/dkimkeys/KeyTable',
      'SigningTable      refile:/etc/dkimkeys/SigningTable',
      'SignHeaders *,+autocrypt,+content-type',
      'OversignHeaders from,reply-to,subject,date,to,cc,in-reply-to,references,autocrypt',
      'UserID\t\t\topendkim',
      'UMask\t\t\t007',
      'Socket\t\t\tlocal:/var/spool/postfix/opendkim/opendkim.sock',
      'PidFile\t\t\t/run/opendkim/opendkim.pid',
      'TrustAnchorFile\t\t/usr/share/dns/root.key',
      'MTA ORIGINATING',
      'InternalHosts -',
    ),
    file('/etc/dkimkeys/KeyTable', `opendkim._domainkey.${FIRST} ${FIRST}:opendkim:${key.path}`),
    file('/etc/dkimkeys/SigningTable', `*@${FIRST} opendkim._domainkey.${FIRST}`),
    'adduser --quiet postfix opendkim',
    'install -d -o opendkim -g opendkim -m 750 /var/spool/postfix/opendkim',
    filterStandIn('filtermail', 10080, 10025),
    `postconf -M 'submission/inet=submission inet n - y - 5000 smtpd -o syslog_name=postfix/submission ${[
      'smtpd_client_restrictions=permit_mynetworks,reject',
      'smtpd_proxy_filter=127.0.0.1:10080',
    ]
      .map((option) => `-o ${option}`)
      .join(' ')}'`,
    `postconf -M '127.0.0.1:10025/inet=127.0.0.1:10025 inet n - n - 100 smtpd -o syslog_name=postfix/reinject ${[
      'milter_macro_daemon_name=ORIGINATING',
      'cleanup_service_name=authclean',
      'smtpd_milters=unix:opendkim/opendkim.sock',
    ]
      .map((option) => `-o ${option}`)
      .join(' ')}'`,
    `postconf -M 'authclean/unix=authclean unix n - - - 0 cleanup'`,
    postconf('non_smtpd_milters = unix:opendkim/opendkim.sock'),
    restart,
  ),
  senders: [`a@${FIRST}`],
  ways: ['25', '587', 'sendmail'],
  keys: [key],
  vars: { domains: [FIRST] },
  refusedByHand: true,
}
