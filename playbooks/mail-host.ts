// Sets up a plain Postfix on a fresh Debian host: host name, Postfix, aliases.
import { domain, mailDomain, playbook, v, type FleetProblem, type PlaybookInput, type Task } from 'mailrun'
import { apt, file, hostname, lineInFile, postfixMap, postfixParameter, service, template } from 'mailrun/tasks'

const recipient = v.pipe(
  v.string('an address or a user is wanted'),
  v.regex(/^[\w.+-]+(?:@[\w.-]+)?$/, ({ input }) => `an address or a user is wanted, got ${JSON.stringify(input)}`),
)
type Aliases = Readonly<Record<string, string | readonly string[]>>

/** Two aliases that lead to each other: mail to them would go round for ever. */
function loopIn(aliases: Aliases): string | undefined {
  const follow = (name: string, path: readonly string[]): string | undefined =>
    path.includes(name)
      ? [...path, name].join(' → ')
      : [aliases[name] ?? []]
          .flat()
          .map((next) => follow(next, [...path, name]))
          .find((loop) => loop !== undefined)
  return Object.keys(aliases)
    .map((name) => follow(name, []))
    .find((loop) => loop !== undefined)
}

/** Of this playbook, and of those that do more. */
export const mailHostVars = {
  fqdn: v.optional(
    v.pipe(domain, v.description("The host's full name; left out: its name in the inventory, which must then be one")),
  ),
  aliases: v.optional(
    v.pipe(
      v.record(recipient, v.union([recipient, v.array(recipient)], 'an address, a user or a list of them is wanted')),
      // To valibot a list is a record, too: of the names 0, 1, 2.
      v.check((aliases) => !('0' in aliases), 'a mapping is wanted, of each name to its readers'),
      v.check(
        (aliases) => loopIn(aliases) === undefined,
        ({ input }) => `these aliases lead to each other: ${loopIn(input) ?? ''}`,
      ),
      v.description('aliases(5), the whole file: who reads whose mail'),
    ),
    { postmaster: 'root' },
  ),
}
type Input = PlaybookInput<v.InferOutput<v.ObjectSchema<typeof mailHostVars, undefined>>>

/** Each host has a full name of its own. */
export function nameProblems(members: readonly Input[]): readonly FleetProblem[] {
  const first = new Map<string, string>()
  return members.flatMap(({ vars, host }) => {
    const fqdn = vars.fqdn ?? mailDomain(host.name)
    if (fqdn === undefined) return [{ host: host.name, message: 'its name is no full host name: set fqdn' }]
    const other = first.get(fqdn)
    first.set(fqdn, other ?? host.name)
    return other === undefined
      ? []
      : [{ host: host.name, var: 'fqdn', message: `${fqdn} is the name of ${other} already: give each host its own` }]
  })
}

/** Up to Postfix, which has to be restarted with its main.cf. */
export function mailHostTasks({ vars, host }: Input): readonly Task[] {
  const fqdn = vars.fqdn ?? host.name
  return [
    // Before the name changes, or sudo could not resolve it.
    lineInFile({
      path: '/etc/hosts',
      regexp: /^127\.0\.1\.1\s/,
      line: `127.0.1.1 ${fqdn} ${fqdn.split('.')[0] ?? fqdn}`,
      insertAfter: /^127\.0\.0\.1\s/,
    }),
    hostname({ hostname: fqdn }),
    apt({
      packages: ['postfix'],
      debconf: [
        { package: 'postfix', question: 'postfix/main_mailer_type', type: 'select', value: 'Internet Site' },
        { package: 'postfix', question: 'postfix/mailname', type: 'string', value: fqdn },
      ],
    }),
    file({ path: '/etc/mailname', content: `${fqdn}\n` }),
    postfixParameter({ parameter: 'myhostname', value: fqdn }),
    postfixParameter({ parameter: 'mydestination', value: '$myhostname, localhost.$mydomain, localhost' }),
    template({
      src: 'templates/aliases.ejs',
      dest: '/etc/aliases',
      vars: { aliases: Object.entries(vars.aliases).map(([name, to]) => [name, [to].flat().join(', ')]) },
      owner: 'root',
      group: 'root',
      mode: '0644',
      backup: true,
    }),
    postfixMap({ path: '/etc/aliases', format: 'aliases' }),
  ]
}

export default playbook({
  name: 'mail-host',
  hosts: 'mail',
  vars: v.object(mailHostVars),
  fleet: nameProblems,
  tasks: (input) => [
    ...mailHostTasks(input),
    service({
      unit: 'postfix',
      state: 'running',
      enabled: true,
      restartOn: ['/etc/postfix/main.cf'],
      validate: ['postfix', 'check'],
    }),
  ],
})
