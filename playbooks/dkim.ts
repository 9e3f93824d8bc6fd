// Makes every host sign the mail of its domains with DKIM, and prints the DNS records to publish. DKIM is a signature
// in the header of a message; receivers verify it with a public key in DNS.
import {
  playbook,
  v,
  type FleetProblem,
  type PlaybookHost,
  type PlaybookInput,
  type OwnSelectors,
  type Task,
} from 'mailrun'
import {
  dkimRecords,
  dnsVar,
  domain,
  firstSelector,
  isSelector,
  mailDomain,
  milterOf,
  opendkimSocket,
  ownSelectorsAmong,
  selector,
  selectorList,
  senders,
  signerOf,
} from 'mailrun'
import {
  apt,
  directory,
  dkimGroup,
  dkimKey,
  dkimOwners,
  keepSigned,
  milters,
  opendkim,
  postfixParameter,
  service,
} from 'mailrun/tasks'

export const KEYS = '/etc/dkimkeys'
/** Where Postfix itself would look into bounces, and might refuse them. */
const CHECKS = ['header_checks', 'body_checks', 'mime_header_checks', 'nested_header_checks']

const repeated = (names: readonly string[]): string => names.find((name, index) => names.indexOf(name) < index) ?? ''

/** Of this playbook, and of those that do more. */
export const dkimVars = {
  domains: v.pipe(
    v.array(domain, 'a list of domains is wanted'),
    v.minLength(1, 'at least one domain is wanted'),
    v.check(
      (names) => new Set(names).size === names.length,
      ({ input }) => `each domain once is wanted; ${repeated(input)} is there twice`,
    ),
    v.description('The domains whose mail is signed, each with a key of its own'),
  ),
  dkim_selector: v.optional(
    v.pipe(
      selector,
      v.description(
        "The selector of the host's first keys; left out: the first label of its name. " +
          'No two hosts may have the same for a domain',
      ),
    ),
  ),
  dkim_selectors: v.optional(selectorList),
  dkim_bits: v.optional(
    v.pipe(
      v.picklist([1024, 2048, 3072, 4096], '1024, 2048, 3072 or 4096 is wanted'),
      v.description('Bits of keys that are made; those that are there stay'),
    ),
    2048,
  ),
  opendkim_socket: v.optional(opendkimSocket, 'local:/var/spool/postfix/opendkim/opendkim.sock'),
  opendkim_restart: v.optional(
    v.pipe(
      v.picklist(['covered', 'plain'], 'covered or plain is wanted'),
      v.description(
        'How OpenDKIM is restarted where it must be and Postfix asks it: ' +
          'by a second instance that signs meanwhile, or as it is',
      ),
    ),
    'covered',
  ),
  opendkim_hardening: v.optional(
    v.pipe(
      v.boolean('true or false is wanted'),
      v.description(
        'Whether the unit of OpenDKIM is kept by a drop-in from all that OpenDKIM can do without, ' +
          'where it signs that way',
      ),
    ),
    true,
  ),
  milter_default_action: v.optional(
    v.pipe(
      v.picklist(['accept', 'tempfail', 'reject', 'quarantine'], 'accept, tempfail, reject or quarantine is wanted'),
      v.description('What Postfix does with mail while OpenDKIM does not answer'),
    ),
    'tempfail',
  ),
  fqdn: v.optional(
    v.pipe(domain, v.description("The host's full name; left out: its name in the inventory, which must then be one")),
  ),
  sign_host_name: v.optional(
    v.pipe(
      v.boolean('true or false is wanted'),
      v.description(
        'Whether mail of the host itself, as of cron, which comes from its full name, ' +
          'is signed by the key of the domain that the name is in',
      ),
    ),
    true,
  ),
  sign_bounces: v.optional(
    v.pipe(
      v.boolean('true or false is wanted'),
      v.description(
        "Whether bounces, which come from the host's full name, pass the milters so that they are signed, too; " +
          'with sign_host_name',
      ),
    ),
    true,
  ),
  dns: v.optional(
    v.pipe(
      dnsVar,
      v.description(
        "How the domains' name servers are found; " +
          'where it is said, if only as {}, a new key signs only once all of them serve its record',
      ),
    ),
  ),
  drop_signing: v.optional(
    v.pipe(
      v.array(senders),
      v.description(
        'Whose mail need not stay signed where the host signs it now and the domains do not name it: ' +
          "a domain, .domain for all below it, an address, or '*'; client:ADDRESS for a client that is trusted now. " +
          'What else a run would leave unsigned, it refuses',
      ),
    ),
    [],
  ),
  trusted_hosts: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(/^[\w.:/-]+$/, 'an address, network or host name is wanted'))),
      v.description('Addresses, networks and host names whose mail is signed too, besides this host itself'),
    ),
    [],
  ),
}
type Input = PlaybookInput<v.InferOutput<v.ObjectSchema<typeof dkimVars, undefined>>>

/** Each key has a name of its own. */
export function selectorProblems(members: readonly Input[]): readonly FleetProblem[] {
  const first = new Map<string, string>()
  return members.flatMap(({ vars, host }) => {
    const chosen = firstSelector({ vars, host })
    // A selector that is set may have several labels, and underscores; an address as a host's name is none.
    if (vars.dkim_selector === undefined && (!isSelector(chosen) || /[._]/.test(chosen)))
      return [
        {
          host: host.name,
          message: `its name gives no DKIM selector (${JSON.stringify(chosen)} is no DNS label): set dkim_selector`,
        },
      ]
    return vars.domains.flatMap((name) => {
      // DNS knows no case.
      const key = `${chosen.toLowerCase()} ${name}`
      const other = first.get(key)
      first.set(key, other ?? host.name)
      if (other === undefined || other === host.name) return []
      const message =
        `selector ${chosen} of ${name} is that of ${other} already, and each host has a key of its own: ` +
        'give one of them another dkim_selector'
      return [{ host: host.name, var: 'dkim_selector', message }]
    })
  })
}

/** What OpenDKIM's tables rest on. */
export function tablesOf({
  vars,
  host,
}: {
  readonly vars: Pick<Input['vars'], 'domains' | 'dkim_selector' | 'sign_host_name' | 'fqdn'>
  readonly host: PlaybookHost
}) {
  const name = vars.fqdn ?? mailDomain(host.name)
  return {
    domains: vars.domains,
    selector: firstSelector({ vars, host }),
    ...(name === undefined || !vars.sign_host_name ? {} : { hostName: name }),
    ...(name === undefined || vars.sign_host_name ? {} : { unsignedName: name }),
  }
}

export const signingPackages = ['opendkim', 'opendkim-tools', 'openssl'] as const

/** One that is there, and may be the daemon's, is seen to by `dkimOwners`. */
const keyDirectoryAt = (path: string): Task =>
  directory({ path, owner: 'root', group: 'opendkim-keys', mode: '0750', keep: true })

/** A domain's own. */
export const keyDirectory = (domain: string): Task => keyDirectoryAt(`${KEYS}/${domain}`)

/** Goes before all that changes anything: what the host signs now stays signed, or nothing is changed. */
const signingKept = ({ vars, host }: Input): Task =>
  keepSigned({
    ...tablesOf({ vars, host }),
    dropSigning: vars.drop_signing,
    trustedHosts: vars.trusted_hosts,
    dns: vars.dns,
  })

const listensAt = ({ opendkim_socket: socket }: Pick<Input['vars'], 'opendkim_socket'>): string =>
  socket.replace('@localhost', '@127.0.0.1')

/** Before all that changes anything: what refuses a host as it is. */
export const guardTasks = (input: Input): readonly Task[] => [
  signingKept(input),
  milters({ opendkim: listensAt(input.vars), defaultAction: input.vars.milter_default_action }),
]

/**
 * From where Postfix and these packages are there up to Postfix, which has to read its main.cf again.
 *
 * @param own - the selectors that the host speaks for: one in use that is none of them is reported. Left out: none is.
 */
export function signingTasks({ vars, host }: Input, own?: OwnSelectors): readonly (Task | false)[] {
  const tables = tablesOf({ vars, host })
  const listens = listensAt(vars)
  const milter = milterOf(listens)
  const hostName = 'hostName' in tables ? tables.hostName : undefined
  const signsBounces = vars.sign_bounces && hostName !== undefined && signerOf(hostName, vars.domains) !== undefined
  const socket = /^local:(.*)$/.exec(listens)?.[1]
  return [
    dkimGroup({}),
    keyDirectoryAt(KEYS),
    ...vars.domains.map((name) => keyDirectory(name)),
    ...vars.domains.map((name) => dkimKey({ domain: name, selector: tables.selector, bits: vars.dkim_bits, own })),
    socket !== undefined &&
      directory({ path: socket.replace(/\/[^/]+$/, ''), owner: 'opendkim', group: 'postfix', mode: '2750' }),
    opendkim({
      ...tables,
      dropSigning: vars.drop_signing,
      dns: vars.dns,
      trustedHosts: vars.trusted_hosts,
      socket: listens,
      src: 'templates/opendkim.conf.ejs',
      vars: { socket: listens },
      restart: vars.opendkim_restart,
      hardening: vars.opendkim_hardening,
    }),
    dkimOwners({ domains: vars.domains, selector: tables.selector }),
    postfixParameter({ parameter: 'smtpd_milters', value: milter, merge: true }),
    postfixParameter({ parameter: 'non_smtpd_milters', value: milter, merge: true }),
    signsBounces &&
      postfixParameter({ parameter: 'internal_mail_filter_classes', value: 'bounce', merge: true, unlessSet: CHECKS }),
    postfixParameter({ parameter: 'milter_default_action', value: vars.milter_default_action }),
  ]
}

/** The whole job on one host: what refuses it as it is, Postfix, and all that signs. */
export const dkimTasks = (input: Input, members: readonly Input[]): readonly (Task | false)[] => [
  ...guardTasks(input),
  apt({
    packages: ['postfix', ...signingPackages],
    debconf: [{ package: 'postfix', question: 'postfix/main_mailer_type', type: 'select', value: 'Internet Site' }],
  }),
  ...signingTasks(input, ownSelectorsAmong(input, members)),
  service({
    unit: 'postfix',
    state: 'running',
    enabled: true,
    reloadOn: ['/etc/postfix/main.cf'],
    validate: ['postfix', 'check'],
  }),
]

/** The DNS records of the host's own selectors alone: what else a host names, it may not have people publish. */
export const dkimOutputs = (input: Input, members: readonly Input[]) => ({
  dns: dkimRecords({
    domains: input.vars.domains,
    selector: firstSelector(input),
    directory: KEYS,
    own: ownSelectorsAmong(input, members),
  }),
})

export default playbook({
  name: 'dkim',
  hosts: 'mail',
  vars: v.object(dkimVars),
  fleet: selectorProblems,
  tasks: dkimTasks,
  outputs: dkimOutputs,
})
