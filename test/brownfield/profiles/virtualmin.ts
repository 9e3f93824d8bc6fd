// What Virtualmin leaves on Debian: Domain is a file of domains, one key for all of them. Its enable_dkim() in
// https://github.com/virtualmin/virtualmin-gpl/blob/master/dkim-lib.pl
import { FIRST, SECOND, file, postconf, restart, steps, submission, type Profile } from '../profile.ts'

const keys = [FIRST, SECOND].map((domain) => ({ domain, selector: '2024', path: '/etc/dkim.key' }))

export const virtualmin: Profile = {
  name: 'virtualmin',
  source: 'https://github.com/virtualmin/virtualmin-gpl/blob/master/dkim-lib.pl',
  about: 'Domain is a file, one key for all',
  setup: steps(
    'openssl genrsa -out /etc/dkim.key 2048 2>/dev/null',
    'chown opendkim /etc/dkim.key',
    'chmod 0700 /etc/dkim.key',
    String.raw`sed -i -e 's/^#\?Selector\s.*/Selector 2024/' -e 's/^#\?KeyFile\s.*/KeyFile \/etc\/dkim.key/' \
  -e 's/^#\?Domain\s.*/Domain \/etc\/dkim-domains.txt/' -e 's/^Socket\s.*/Socket inet:8891@127.0.0.1/' \
  /etc/opendkim.conf`,
    file('/etc/dkim-domains.txt', ...keys.map(({ domain }) => domain)),
    'chmod 0755 /etc/dkim-domains.txt',
    `sed -i 's/^SOCKET=.*/SOCKET="inet:8891@127.0.0.1"/' /etc/default/opendkim`,
    `echo 'DAEMON_OPTS="-b sv"' >>/etc/default/opendkim`,
    'adduser --quiet postfix opendkim',
    postconf(
      'milter_default_action = accept',
      'milter_protocol = 2',
      'smtpd_milters = inet:127.0.0.1:8891',
      'non_smtpd_milters = inet:127.0.0.1:8891',
    ),
    submission('smtpd_sasl_auth_enable=no'),
    restart,
  ),
  senders: [`a@${FIRST}`, `a@${SECOND}`],
  ways: ['25', '587', 'sendmail'],
  keys,
  vars: { domains: [FIRST, SECOND] },
}
