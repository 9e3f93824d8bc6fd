// Sets up Postfix, SPF, DKIM and DMARC on a fleet of fresh Debian hosts, and publishes the DNS records before anything
// relies on them.
import { dnsVar, playbook, v, type FleetProblem, type PlaybookInput, type Task } from 'mailrun'
import { mailVars } from 'mailrun/mail'
import { apt, postfixParameter, service } from 'mailrun/tasks'
import { dkimVars, guardTasks, selectorProblems, signingPackages, signingTasks } from './dkim.ts'
import { mailHostTasks, mailHostVars, nameProblems } from './mail-host.ts'

/** Of this playbook, and of those that do more. */
export const mailAuthVars = {
  ...mailVars,
  ...mailHostVars,
  ...dkimVars,
  dns: v.optional(
    v.pipe(
      dnsVar,
      v.description(
        "How the domains' name servers are found, and how records get there; " +
          'left out: they are found as everybody finds them, and records are reported, to be published by hand',
      ),
    ),
    {},
  ),
}
type Input = PlaybookInput<v.InferOutput<v.ObjectSchema<typeof mailAuthVars, undefined>>>

/** Without a policy, receivers learn neither what to do with forged mail nor where to report it. */
function policyProblems(members: readonly Input[]): readonly FleetProblem[] {
  return members.flatMap(({ vars: { domains, dmarc, mail_domains: own }, host }) =>
    domains
      .filter((name) => (own?.[name]?.dmarc ?? dmarc) === undefined && own?.[name]?.sends !== false)
      .map((name) => ({
        host: host.name,
        message: `${name} has no DMARC policy: set dmarc, to begin with { p: none, rua: dmarc@${name} }`,
      })),
  )
}

/** Names, selectors and policies that the fleet cannot have: the `fleet` of a playbook that does this job. */
export const mailAuthProblems = (members: readonly Input[]): readonly FleetProblem[] => [
  ...nameProblems(members),
  ...selectorProblems(members),
  ...policyProblems(members),
]

/**
 * The whole job on one host, from a fresh Debian to a running Postfix whose mail is signed. A playbook that has these
 * sets `publish: true`, so that the records are in DNS before anything relies on them.
 */
export const mailAuthTasks = (input: Input): readonly (Task | false)[] => [
  ...guardTasks(input),
  ...mailHostTasks(input),
  apt({ packages: signingPackages }),
  ...signingTasks(input),
  // Else it is myhostname.
  input.vars.helo_name !== undefined && postfixParameter({ parameter: 'smtp_helo_name', value: input.vars.helo_name }),
  service({
    unit: 'postfix',
    state: 'running',
    enabled: true,
    restartOn: ['/etc/postfix/main.cf'],
    validate: ['postfix', 'check'],
  }),
]

export default playbook({
  name: 'mail-auth',
  hosts: 'mail',
  vars: v.object(mailAuthVars),
  fleet: mailAuthProblems,
  tasks: mailAuthTasks,
  publish: true,
})
