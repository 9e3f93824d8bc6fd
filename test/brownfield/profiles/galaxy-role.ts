// What Ansible Galaxy's role galaxyproject.opendkim leaves: Debian's opendkim.conf with an Include at its end, options
// in alphabetical order, keys named by their selector. https://github.com/galaxyproject/ansible-opendkim
import { FIRST, SECOND, file, postconf, restart, steps, type Profile } from '../profile.ts'

const keys = [
  { domain: FIRST, selector: 'mail2024', path: '/etc/dkimkeys/mail2024.private' },
  { domain: SECOND, selector: 'example2024', path: '/etc/dkimkeys/example2024.private' },
]
const managed = ['##', '## This file is maintained by Ansible - CHANGES WILL BE OVERWRITTEN', '##', '']

export const galaxyRole: Profile = {
  name: 'galaxy-role',
  source: 'https://github.com/galaxyproject/ansible-opendkim',
  about: 'Include at the end of opendkim.conf',
  setup: steps(
    `echo 'Include /etc/opendkim-ansible.conf' >>/etc/opendkim.conf`,
    file(
      '/etc/opendkim-ansible.conf',
      ...managed,
      'InternalHosts refile:/etc/dkimkeys/TrustedHosts',
      'KeyTable refile:/etc/dkimkeys/KeyTable',
      'Mode sv',
      'SigningTable refile:/etc/dkimkeys/SigningTable',
      'Socket inet:8891@127.0.0.1',
    ),
    ...keys.map(
      ({ domain, selector, path }) =>
        `opendkim-genkey --directory=/etc/dkimkeys --domain=${domain} --selector=${selector} --bits=2048
chown opendkim:opendkim ${path}
chmod 0600 ${path}`,
    ),
    file(
      '/etc/dkimkeys/KeyTable',
      ...managed,
      ...keys.map(({ domain, selector, path }) => `${selector}._domainkey.${domain} ${domain}:${selector}:${path}`),
    ),
    file(
      '/etc/dkimkeys/SigningTable',
      ...managed,
      ...keys.map(({ domain, selector }) => `*@${domain} ${selector}._domainkey.${domain}`),
    ),
    file('/etc/dkimkeys/TrustedHosts', ...managed, '127.0.0.1', '::1', 'localhost'),
    postconf('smtpd_milters = inet:127.0.0.1:8891', 'non_smtpd_milters = inet:127.0.0.1:8891'),
    restart,
  ),
  senders: [`a@${FIRST}`, `a@${SECOND}`],
  ways: ['25', 'sendmail'],
  keys,
  vars: { domains: [FIRST, SECOND] },
}
