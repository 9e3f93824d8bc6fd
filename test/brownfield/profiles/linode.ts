// Short names in the KeyTable, keys side by side, selectors that are months, and a socket that Postfix names from the
// root of its chroot. Steps of https://www.linode.com/docs/guides/configure-spf-and-dkim-in-postfix-on-debian-8/
import { FIRST, SECOND, file, postconf, restart, steps, type Profile } from '../profile.ts'

const keys = [FIRST, SECOND].map((domain) => ({
  domain,
  selector: '202405',
  path: `/etc/opendkim/keys/${domain.split('.')[0]}.private`,
}))

export const linode: Profile = {
  name: 'linode',
  source: 'https://www.linode.com/docs/guides/configure-spf-and-dkim-in-postfix-on-debian-8/',
  about: 'local:/opendkim/opendkim.sock as the chroot sees it',
  setup: steps(
    'adduser --quiet postfix opendkim',
    file(
      '/etc/opendkim.conf',
      '# This is a basic configuration that can easily be adapted to suit a standard',
      '# installation.',
      'Syslog                  yes',
      'UMask                   002',
      'OversignHeaders         From',
      'KeyTable                /etc/opendkim/key.table',
      'SigningTable            refile:/etc/opendkim/signing.table',
      'ExternalIgnoreList      /etc/opendkim/trusted.hosts',
      'InternalHosts           /etc/opendkim/trusted.hosts',
      'Canonicalization        relaxed/simple',
      'Mode                    sv',
      'SubDomains              no',
      'AutoRestart             yes',
      'AutoRestartRate         10/1M',
      'Background              yes',
      'DNSTimeout              5',
      'SignatureAlgorithm      rsa-sha256',
      'UserID                  opendkim',
      'PidFile                 /run/opendkim/opendkim.pid',
      'Socket                  local:/var/spool/postfix/opendkim/opendkim.sock',
    ),
    'chmod u=rw,go=r /etc/opendkim.conf',
    'mkdir -p /etc/opendkim/keys',
    file('/etc/opendkim/signing.table', ...keys.map(({ domain }) => `*@${domain}   ${domain.split('.')[0]}`)),
    file(
      '/etc/opendkim/key.table',
      ...keys.map(({ domain, selector, path }) => `${domain.split('.')[0]}     ${domain}:${selector}:${path}`),
    ),
    file('/etc/opendkim/trusted.hosts', '127.0.0.1', '::1', 'localhost', 'mx1', `mx1.${FIRST}`, FIRST),
    'chown -R opendkim:opendkim /etc/opendkim',
    'chmod -R go-rwx /etc/opendkim/keys',
    ...keys.map(
      ({ domain, selector, path }) => `cd /etc/opendkim
opendkim-genkey -b 2048 -h rsa-sha256 -r -s ${selector} -d ${domain} -v 2>/dev/null
mv ${selector}.private ${path}
mv ${selector}.txt ${path.replace('.private', '.txt')}`,
    ),
    'cd /etc && chown -R opendkim:opendkim /etc/opendkim',
    'chmod -R go-rw /etc/opendkim/keys',
    'mkdir -p /var/spool/postfix/opendkim',
    'chown opendkim:postfix /var/spool/postfix/opendkim',
    postconf(
      'milter_default_action = accept',
      'milter_protocol = 2',
      'smtpd_milters = local:/opendkim/opendkim.sock',
      'non_smtpd_milters = local:/opendkim/opendkim.sock',
    ),
    restart,
  ),
  senders: [`a@${FIRST}`, `a@${SECOND}`],
  ways: ['25', 'sendmail'],
  keys,
  vars: { domains: [FIRST, SECOND] },
  refusedByHand: true,
}
