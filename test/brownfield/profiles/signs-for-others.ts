// One OpenDKIM for several hosts: it listens on all addresses, and their Postfix asks it, too. `inet:port` of
// opendkim.conf(5), as in https://github.com/Oefenweb/ansible-opendkim, whose handling of keys it has.
import { FIRST, SECOND, file, genkey, postconf, restart, steps, submission, type Profile } from '../profile.ts'

const keys = [FIRST, SECOND].map((domain) => ({
  domain,
  selector: 'mail',
  path: `/etc/opendkim/keys/${domain}/mail.private`,
}))

export const signsForOthers: Profile = {
  name: 'signs-for-others',
  source: 'https://github.com/Oefenweb/ansible-opendkim',
  about: 'port 8891 of all addresses, other hosts ask it',
  setup: steps(
    ...keys.map(genkey),
    'chown -R opendkim:opendkim /etc/opendkim/keys',
    'chmod 0700 /etc/opendkim/keys/*',
    'chmod 0600 /etc/opendkim/keys/*/*.private',
    file(
      '/etc/opendkim.conf',
      '#',
      '# Ansible managed',
      '#',
      '',
      'Syslog yes',
      'UMask 002',
      'UserID opendkim:opendkim',
      'PidFile /run/opendkim/opendkim.pid',
      'Socket inet:8891',
      'Canonicalization relaxed/simple',
      'Mode sv',
      'KeyTable file:/etc/opendkim/KeyTable',
      'SigningTable refile:/etc/opendkim/SigningTable',
      'InternalHosts csl:127.0.0.1,::1,10.231.0.0/16',
      'ExternalIgnoreList csl:127.0.0.1,::1,10.231.0.0/16',
    ),
    file(
      '/etc/opendkim/KeyTable',
      ...keys.map(({ domain, path }) => `mail._domainkey.${domain} ${domain}:mail:${path}`),
    ),
    file('/etc/opendkim/SigningTable', ...keys.map(({ domain }) => `*@${domain} mail._domainkey.${domain}`)),
    postconf(
      `smtpd_milters = inet:mx1.${FIRST}:8891`,
      `non_smtpd_milters = inet:mx1.${FIRST}:8891`,
      'milter_default_action = accept',
    ),
    submission(),
    restart,
  ),
  senders: [`a@${FIRST}`, `a@${SECOND}`],
  ways: ['25', '587', 'lan', 'sendmail'],
  keys,
  vars: { domains: [FIRST, SECOND] },
  askedByOthers: 8891,
  refused: true,
}
