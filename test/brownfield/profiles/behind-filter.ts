// OpenDKIM behind a content filter: what comes back from amavis is signed, nothing before. The services are those of
// https://www.ijs.si/software/amavisd/README.postfix.html (a stand-in is amavis), with the milter on the way back.
import { FIRST, SECOND, file, genkey, postconf, restart, steps, submission, type Profile } from '../profile.ts'
import { filterStandIn } from '../stand-ins.ts'
import { AMAVIS_FEED, amavisReturn } from './iredmail.ts'

const keys = [FIRST, SECOND].map((domain) => ({
  domain,
  selector: 'dkim',
  path: `/etc/opendkim/keys/${domain}/dkim.private`,
}))

export const behindFilter: Profile = {
  name: 'behind-filter',
  source: 'https://www.ijs.si/software/amavisd/README.postfix.html',
  about: 'only the way back from amavis asks OpenDKIM',
  setup: steps(
    ...keys.map(genkey),
    'chown -R opendkim:opendkim /etc/opendkim/keys',
    file(
      '/etc/opendkim/KeyTable',
      ...keys.map(({ domain, path }) => `dkim._domainkey.${domain} ${domain}:dkim:${path}`),
    ),
    file('/etc/opendkim/SigningTable', ...keys.map(({ domain }) => `*@${domain} dkim._domainkey.${domain}`)),
    file(
      '/etc/opendkim.conf',
      'Syslog yes',
      'UserID opendkim',
      'PidFile /run/opendkim/opendkim.pid',
      'Socket inet:8891@localhost',
      'Canonicalization relaxed/simple',
      'Mode s',
      'KeyTable file:/etc/opendkim/KeyTable',
      'SigningTable refile:/etc/opendkim/SigningTable',
      'InternalHosts 127.0.0.1',
    ),
    filterStandIn('amavis', 10024, 10025),
    `postconf -M 'smtp-amavis/unix=${AMAVIS_FEED}'`,
    `postconf -M '127.0.0.1:10025/inet=${amavisReturn(
      'receive_override_options=no_header_body_checks,no_unknown_recipient_checks',
      'smtpd_milters=inet:127.0.0.1:8891',
    )}'`,
    postconf('content_filter = smtp-amavis:[127.0.0.1]:10024', 'milter_default_action = accept'),
    submission(),
    restart,
  ),
  senders: [`a@${FIRST}`, `a@${SECOND}`],
  ways: ['25', '587', 'sendmail'],
  keys,
  vars: { domains: [FIRST, SECOND] },
}
