// A port of its own, and a network of clients that are trusted, too. Steps of
// https://www.digitalocean.com/community/tutorials/how-to-install-and-configure-dkim-with-postfix-on-debian-wheezy
import { FIRST, SECOND, file, genkey, postconf, restart, steps, submission, type Profile } from '../profile.ts'

const keys = [FIRST, SECOND].map((domain) => ({
  domain,
  selector: 'mail',
  path: `/etc/opendkim/keys/${domain}/mail.private`,
}))

export const digitalocean: Profile = {
  name: 'digitalocean',
  source:
    'https://www.digitalocean.com/community/tutorials/how-to-install-and-configure-dkim-with-postfix-on-debian-wheezy',
  about: 'port 12301, a trusted network',
  setup: steps(
    file(
      '/etc/opendkim.conf',
      'AutoRestart             Yes',
      'AutoRestartRate         10/1h',
      'UMask                   002',
      'Syslog                  yes',
      'SyslogSuccess           Yes',
      'LogWhy                  Yes',
      '',
      'Canonicalization        relaxed/simple',
      '',
      'ExternalIgnoreList      refile:/etc/opendkim/TrustedHosts',
      'InternalHosts           refile:/etc/opendkim/TrustedHosts',
      'KeyTable                refile:/etc/opendkim/KeyTable',
      'SigningTable            refile:/etc/opendkim/SigningTable',
      '',
      'Mode                    sv',
      'PidFile                 /var/run/opendkim/opendkim.pid',
      'SignatureAlgorithm      rsa-sha256',
      '',
      'UserID                  opendkim:opendkim',
      '',
      'Socket                  inet:12301@localhost',
    ),
    `echo 'SOCKET="inet:12301@localhost"' >>/etc/default/opendkim`,
    postconf(
      'milter_protocol = 2',
      'milter_default_action = accept',
      'smtpd_milters = inet:localhost:12301',
      'non_smtpd_milters = inet:localhost:12301',
    ),
    // The guide's 192.168.0.1/24 is the network that the host is in.
    file('/etc/opendkim/TrustedHosts', '127.0.0.1', 'localhost', '10.231.0.0/16', '', `*.${FIRST}`),
    file(
      '/etc/opendkim/KeyTable',
      ...keys.map(({ domain, path }) => `mail._domainkey.${domain} ${domain}:mail:${path}`),
    ),
    file('/etc/opendkim/SigningTable', ...keys.map(({ domain }) => `*@${domain} mail._domainkey.${domain}`)),
    ...keys.flatMap((key) => [genkey(key), `chown opendkim:opendkim ${key.path}`]),
    submission(),
    restart,
  ),
  senders: [`a@${FIRST}`, `a@${SECOND}`],
  ways: ['25', '587', 'lan', 'sendmail'],
  keys,
  vars: { domains: [FIRST, SECOND] },
  refusedByHand: true,
}
