// One domain by Domain, Selector and KeyFile, no tables, in Debian's own file. Steps of
// https://wiki.debian.org/opendkim
import { FIRST, genkey, postconf, restart, steps, submission, type Profile } from '../profile.ts'

const key = { domain: FIRST, selector: '2020', path: '/etc/dkimkeys/2020.private' }

export const debianWiki: Profile = {
  name: 'debian-wiki',
  source: 'https://wiki.debian.org/opendkim',
  about: 'Domain, Selector, KeyFile without tables',
  setup: steps(
    genkey(key),
    'chown opendkim: /etc/dkimkeys/2020.*',
    String.raw`sed -i -e 's/^#\?Domain\s.*/Domain ${FIRST}/' -e 's/^#\?Selector\s.*/Selector 2020/' \
  -e 's/^#\?KeyFile\s.*/KeyFile \/etc\/dkimkeys\/2020.private/' \
  -e 's/^Socket\s.*/Socket local:\/var\/spool\/postfix\/opendkim\/opendkim.sock/' /etc/opendkim.conf`,
    'mkdir -p /var/spool/postfix/opendkim',
    'chown opendkim: /var/spool/postfix/opendkim',
    'adduser --quiet postfix opendkim',
    postconf(
      'smtpd_milters = unix:opendkim/opendkim.sock',
      'non_smtpd_milters = $smtpd_milters',
      'internal_mail_filter_classes = bounce',
    ),
    submission(),
    restart,
  ),
  senders: [`a@${FIRST}`],
  ways: ['25', '587', 'sendmail'],
  keys: [key],
  vars: { domains: [FIRST] },
}
