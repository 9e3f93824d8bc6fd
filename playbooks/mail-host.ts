// A plain Postfix host out of a fresh Debian: its name, Postfix, where root's mail goes.
import { playbook, v } from 'mailrun'
import { domain } from 'mailrun'
import { apt, hostname, lineInFile, postfixMap, postfixParameter, service } from 'mailrun/tasks'

export default playbook({
  name: 'mail-host',
  hosts: 'mail',
  vars: v.object({
    /** The host's full name; left out: its name in the inventory, which must then be one. */
    fqdn: v.optional(domain),
    /** Who reads root's mail: an address or a local user. */
    root_alias: v.optional(v.pipe(v.string(), v.regex(/^[\w.+@-]+$/, 'an address or a user is wanted')), 'postmaster'),
  }),
  fleet: (members) =>
    members.flatMap(({ vars, host }) => (vars.fqdn === undefined && !host.name.includes('.') ? [{ host: host.name, message: 'its name is no full host name: set fqdn' }] : [])),
  tasks: ({ vars, host }) => {
    const fqdn = vars.fqdn ?? host.name
    return [
      hostname({ hostname: fqdn }),
      apt({
        packages: ['postfix'],
        debconf: [
          { package: 'postfix', question: 'postfix/main_mailer_type', type: 'select', value: 'Internet Site' },
          { package: 'postfix', question: 'postfix/mailname', type: 'string', value: fqdn },
        ],
      }),
      postfixParameter({ parameter: 'myhostname', value: fqdn }),
      postfixParameter({ parameter: 'mydestination', value: '$myhostname, localhost.$mydomain, localhost' }),
      lineInFile({ path: '/etc/aliases', regexp: /^root:/, line: `root: ${vars.root_alias}`, create: true }),
      postfixMap({ path: '/etc/aliases', format: 'aliases' }),
      service({ unit: 'postfix', state: 'running', enabled: true, restartOn: ['/etc/postfix/main.cf'], validate: ['postfix', 'check'] }),
    ]
  },
})
