// The work of playbooks/dkim.ts without keys, for one machine that takes the part of many hosts: two hosts must not
// share a key.
import { playbook, v } from 'mailrun'
import { apt, directory, file, postfixParameter, service, template } from 'mailrun/tasks'

const KEYS = '/etc/dkimkeys'
const SOCKET = '/var/spool/postfix/opendkim/opendkim.sock'
const TABLES = ['KeyTable', 'SigningTable', 'TrustedHosts'].map((name) => `${KEYS}/${name}`)

export default playbook({
  name: 'scale',
  hosts: 'mail',
  vars: v.object({ domains: v.array(v.string()) }),
  tasks: ({ vars }) => [
    apt({ packages: ['postfix', 'opendkim', 'opendkim-tools', 'openssl'] }),
    directory({ path: KEYS, owner: 'opendkim', group: 'opendkim', mode: '0700' }),
    ...vars.domains.map((name) =>
      directory({ path: `${KEYS}/${name}`, owner: 'opendkim', group: 'opendkim', mode: '0700' }),
    ),
    ...TABLES.map((path) =>
      file({ path, content: `${vars.domains.join('\n')}\n`, owner: 'root', group: 'root', mode: '0644' }),
    ),
    directory({ path: '/var/spool/postfix/opendkim', owner: 'opendkim', group: 'postfix', mode: '2750' }),
    template({
      src: '../../templates/opendkim.conf.ejs',
      dest: '/etc/opendkim.conf',
      vars: { socket: `local:${SOCKET}` },
      owner: 'root',
      group: 'root',
      mode: '0644',
    }),
    service({
      unit: 'opendkim',
      state: 'running',
      enabled: true,
      restartOn: ['/etc/opendkim.conf', ...TABLES],
      listens: [SOCKET],
      validate: ['opendkim', '-n'],
    }),
    postfixParameter({ parameter: 'smtpd_milters', value: 'unix:opendkim/opendkim.sock', merge: true }),
    postfixParameter({ parameter: 'non_smtpd_milters', value: 'unix:opendkim/opendkim.sock', merge: true }),
    postfixParameter({ parameter: 'milter_default_action', value: 'tempfail' }),
    service({
      unit: 'postfix',
      state: 'running',
      enabled: true,
      reloadOn: ['/etc/postfix/main.cf'],
      validate: ['postfix', 'check'],
    }),
  ],
})
