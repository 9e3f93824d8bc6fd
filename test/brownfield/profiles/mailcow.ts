// As mailcow has Postfix: rspamd's proxy as a milter by a host name, services that ask no milter, no chroot; OpenDKIM
// signs beside it. A stand-in is rspamd. https://github.com/mailcow/mailcow-dockerized/tree/master/data/conf/postfix
import { FIRST, SECOND, file, genkey, postconf, restart, steps, type Profile } from '../profile.ts'
import { milterStandIn } from '../stand-ins.ts'

const keys = [FIRST, SECOND].map((domain) => ({ domain, selector: 'dkim', path: `/etc/opendkim/${domain}.private` }))
const CLIENTS = '-o smtpd_client_restrictions=permit_mynetworks,permit_sasl_authenticated,reject'

export const mailcow: Profile = {
  name: 'mailcow',
  source: 'https://github.com/mailcow/mailcow-dockerized/tree/master/data/conf/postfix',
  about: 'rspamd first, OpenDKIM beside it',
  setup: steps(
    `echo '127.0.0.1 rspamd' >>/etc/hosts`,
    milterStandIn('rspamd', 9900),
    'mkdir -p /etc/opendkim',
    ...keys.map(
      (key) => `${genkey({ ...key, path: `/etc/opendkim/${key.domain}/dkim.private` })}
mv /etc/opendkim/${key.domain}/dkim.private ${key.path}
chown opendkim ${key.path}`,
    ),
    file('/etc/opendkim/keys', ...keys.map(({ domain, path }) => `${domain} ${domain}:dkim:${path}`)),
    file('/etc/opendkim/signing', ...keys.map(({ domain }) => `${domain} ${domain}`)),
    file(
      '/etc/opendkim.conf',
      'Syslog yes',
      'UserID opendkim',
      'PidFile /run/opendkim/opendkim.pid',
      'Socket inet:8891@127.0.0.1',
      'KeyTable /etc/opendkim/keys',
      'SigningTable /etc/opendkim/signing',
    ),
    postconf(
      'smtpd_milters = inet:rspamd:9900, inet:127.0.0.1:8891',
      'non_smtpd_milters = inet:rspamd:9900, inet:127.0.0.1:8891',
      'milter_protocol = 6',
      'milter_mail_macros =  i {mail_addr} {client_addr} {client_name} {auth_authen}',
      'milter_default_action = tempfail',
    ),
    `postconf -M 'submission/inet=submission inet n - n - - smtpd ${CLIENTS}'`,
    `postconf -M '590/inet=590 inet n - n - - smtpd ${CLIENTS} -o smtpd_milters= -o non_smtpd_milters='`,
    `postconf -F 'smtp/inet/chroot = n' 'cleanup/unix/chroot = n'`,
    restart,
  ),
  senders: [`a@${FIRST}`, `a@${SECOND}`],
  ways: ['25', '587', 'sendmail'],
  keys,
  vars: { domains: [FIRST, SECOND] },
}
