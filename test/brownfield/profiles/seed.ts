// The blog post that mailrun began with, to the letter: "SPF、DKIM、DMARCを導入し迷惑メール化を回避する"
// (monmon.jp, 2021), for Debian: keys and tables in /etc/dkimkeys, port 8892.
import { FIRST, file, postconf, steps, submission, type Profile } from '../profile.ts'

const key = { domain: FIRST, selector: 'default', path: `/etc/dkimkeys/${FIRST}/default.private` }

export const seed: Profile = {
  name: 'seed',
  source: 'monmon.jp (2021)',
  about: 'tables in /etc/dkimkeys, port 8892',
  setup: steps(
    `mkdir -p /etc/dkimkeys/${FIRST}`,
    `opendkim-genkey --directory=/etc/dkimkeys/${FIRST} --domain=${FIRST} --bits=2048`,
    `chown -R opendkim:opendkim /etc/dkimkeys/${FIRST}`,
    String.raw`sed -i -e 's/^Socket\s.*/Socket                  inet:8892@localhost/' \
  -e 's/^#Mode\s.*/Mode                    sv/' /etc/opendkim.conf`,
    `cat >>/etc/opendkim.conf <<'LINES'
KeyTable    /etc/dkimkeys/KeyTable
SigningTable    refile:/etc/dkimkeys/SigningTable
ExternalIgnoreList    refile:/etc/dkimkeys/TrustedHosts
InternalHosts    refile:/etc/dkimkeys/TrustedHosts
LINES`,
    file('/etc/dkimkeys/KeyTable', `default._domainkey.${FIRST} ${FIRST}:default:${key.path}`),
    file('/etc/dkimkeys/SigningTable', `*@${FIRST}   default._domainkey.${FIRST}`),
    file('/etc/dkimkeys/TrustedHosts', '127.0.0.1', '::1'),
    'systemctl restart opendkim',
    postconf(
      'milter_default_action = accept',
      'smtpd_milters = inet:127.0.0.1:8892',
      'non_smtpd_milters = $smtpd_milters',
    ),
    submission(),
    'systemctl restart postfix',
    'systemctl restart opendkim',
  ),
  senders: [`a@${FIRST}`],
  ways: ['25', '587', 'sendmail'],
  keys: [key],
  vars: { domains: [FIRST] },
}
