// Computes the vars of one host with which a run of playbooks/dkim.ts or mail-auth.ts changes as little as possible.
import { CLIENT } from '../../signers/keep-args.ts'
import { isSameName, mailDomain } from '../../mail/names/names.ts'
import { signerOf } from '../../mail/fleet/own-name.ts'
import type { AdoptedHost, AdoptedVar } from '../../mail/adoption.ts'
import type { Var } from '../../core/fleet/host.ts'
import type { PostfixAnswer } from '../../mail/mail-setup.ts'
import type { OutgoingAddresses } from '../../resources/postfix/outgoing-addresses.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { addressesOf } from '../mail-fleet/mail-member.ts'
import { milterOrder } from './milter-order.ts'
import { signsNothing } from './signs-nothing.ts'
import type { IdleSetting, SignedClients, SignedDomains, SignerToday, SocketVar } from '../../signers/inspection.ts'
import type { Signer } from '../../signers/signer.ts'

export interface AnsweredHost {
  readonly name: string
  /** What the inventory says of it. */
  readonly said: ReadonlyMap<string, Var>
  /** That is to sign there. */
  readonly signer: Signer
  /** What it does; `undefined`: it is not there. */
  readonly today: SignerToday | undefined
  /** Of main.cf, `$name` expanded; empty where there is no Postfix. */
  readonly parameters: Readonly<Record<string, Untrusted>>
  /** Of programs that send or sign mail: version by name. */
  readonly packages: Readonly<Record<string, Untrusted>>
  /** `undefined`: there is no Postfix. */
  readonly postfix: PostfixAnswer | undefined
  readonly outgoing: OutgoingAddresses | undefined
}

/** Of playbooks/dkim.ts: what is left out means this. */
const USUAL_ACTION = 'tempfail'
const ACTIONS = ['accept', 'tempfail', 'reject', 'quarantine']
const TRUSTED = /^[\w.:/-]+$/

export function hostVars(reported: AnsweredHost): AdoptedHost {
  const { name, said, signer, today } = reported
  const { problems = [] } = today ?? {}
  const nothing = { name, vars: [], choices: [], left: [] }
  if (problems.length > 0) return { ...nothing, status: 'refused', error: problems.join('\n') }
  const fqdn = fullName(reported)
  const signed = today?.signedDomains(fqdn) ?? NOTHING
  const isIdle = signed.domains.length === 0 && signed.beside.length === 0
  if (isIdle && !said.has('domains')) {
    const hasPostfix = reported.postfix !== undefined
    return {
      ...nothing,
      status: 'unsigned',
      error: signsNothing({ ...reported, hasSigner: today !== undefined, hasPostfix }),
    }
  }
  const { clients, idle } = clientsOf(reported, signed.signsOwn ? fqdn : undefined)
  const dropped = [...signed.beside, ...unlistedClients(clients)].filter((each) => !isDropped(said, each))
  const found = [
    ...domainVars(signed, said),
    ...socketVar(reported),
    ...trustedVar(reported, clients),
    ...listVar(said, 'drop_signing', idle.map(clientWord), idle[0]?.why),
    ...actionVar(reported),
    ...ownNameVars(reported, fqdn, signed),
    ...addressesVar(reported),
  ]
  return {
    name,
    status: 'adopted',
    vars: found.flatMap((each) => (isVar(each) ? [each] : [])),
    choices: [
      ...(signed.domains.length === 0 && !said.has('domains') ? [UNNAMED] : []),
      ...found.flatMap((each) => ('choice' in each ? [each.choice] : [])),
      ...(dropped.length === 0
        ? []
        : [
            {
              name: 'drop_signing',
              value: [...listIn(said, 'drop_signing'), ...idle.map(clientWord), ...dropped],
              why: DROP,
            },
          ]),
    ],
    left: [
      ...(isIdle
        ? [`${signer.title} signs nothing there today: a run has it sign for the domains that the inventory says`]
        : []),
      ...signed.left,
      ...found.flatMap((each) => ('left' in each ? [each.left] : [])),
      ...(reported.postfix === undefined ? [] : milterOrder(reported.postfix, signer, today)),
    ],
  }
}

/** `idle`: settings for clients by which nobody is signed that would not be. */
function clientsOf(
  { today, postfix }: AnsweredHost,
  hostName: string | undefined,
): { readonly clients: SignedClients; readonly idle: readonly IdleSetting[] } {
  const clients = today?.clients(hostName) ?? { names: [], otherSettings: [] }
  if (clients.otherSettings.length === 0 || postfix === undefined) return { clients, idle: [] }
  const idle = today!.idle(postfix)
  const otherSettings = clients.otherSettings.filter((name) => !idle.some((each) => each.name === name))
  return { clients: { ...clients, otherSettings }, idle }
}

/** In the words of `drop_signing`. */
const clientWord = ({ name }: { readonly name: Untrusted }): Untrusted => `${CLIENT}${name}`

const NOTHING: SignedDomains = { domains: [], selectors: [], signsOwn: false, beside: [], left: [] }
/** `Domain *` and its like. */
const UNNAMED: AdoptedVar = {
  name: 'domains',
  value: ['example.org'],
  why: 'No line names a domain of its own: say which send from here',
}
const isDropped = (said: AnsweredHost['said'], entry: Untrusted): boolean =>
  listIn(said, 'drop_signing').includes(entry)
const DROP = 'Mail that need not stay signed'

/** A var, one that is written as a comment, or what could not be made one. */
type Found = AdoptedVar | { readonly choice: AdoptedVar } | { readonly left: Untrusted }
const isVar = (found: Found): found is AdoptedVar => 'value' in found

const listIn = (said: AnsweredHost['said'], name: string): readonly string[] => {
  const value = said.get(name)?.value
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
}

/** A list with what the inventory says already; nothing where it says all of it. */
function listVar(
  said: AnsweredHost['said'],
  name: string,
  wanted: readonly Untrusted[],
  why?: string,
): readonly Found[] {
  const before = listIn(said, name)
  const more = wanted.filter((each) => !before.includes(each))
  return more.length === 0 ? [] : [{ name, value: [...before, ...more], ...(why === undefined ? {} : { why }) }]
}

/** The inventory's word stands; where the host has it otherwise, that is reported. */
function scalarVar(said: AnsweredHost['said'], { name, value, why }: AdoptedVar): readonly Found[] {
  const before = said.get(name)
  if (before === undefined) return [{ name, value, ...(why === undefined ? {} : { why }) }]
  if (before.value === value) return []
  return [{ left: `${name} is ${JSON.stringify(value)} today, and the inventory says otherwise (${before.where})` }]
}

const isFirst = (said: AnsweredHost['said'], selector: string): boolean => {
  const first = said.get('dkim_selector')?.value
  return typeof first === 'string' && isSameName(first, selector)
}

const domainVars = ({ domains, selectors }: SignedDomains, said: AnsweredHost['said']): readonly Found[] => [
  ...listVar(said, 'domains', domains),
  ...listVar(
    said,
    'dkim_selectors',
    selectors.filter((each) => !isFirst(said, each)),
  ),
]

/** What Postfix calls it, which bounces come from; else its name in the inventory. */
function fullName({ name, said, parameters }: AnsweredHost): string | undefined {
  const given = said.get('fqdn')?.value
  return (
    (typeof given === 'string' ? mailDomain(given) : undefined) ??
    mailDomain(parameters['myhostname'] ?? '') ??
    mailDomain(name)
  )
}

function socketVar({ said, signer, today }: AnsweredHost): readonly Found[] {
  const found = today?.socketVar
  return found === undefined ? [] : socketFound(said, signer.title, found)
}

function socketFound(said: AnsweredHost['said'], title: string, found: SocketVar): readonly Found[] {
  const { name, usual, socket, value, isTaken, forOthers } = found
  if (value === usual && !said.has(name)) return []
  const toAll =
    forOthers === undefined
      ? []
      : [{ left: `${title} listens at ${socket}, where other hosts can ask it: ${forOthers}` }]
  if (isTaken) return [...scalarVar(said, { name, value }), ...toAll]
  const to = said.get(name)?.value
  const where = typeof to === 'string' ? to : usual
  return [{ left: `${title} listens at ${socket}, which ${name} does not take: a run moves it to ${where}` }]
}

const trustedVar = ({ said }: AnsweredHost, { names, otherSettings }: SignedClients): readonly Found[] => [
  ...listVar(said, 'trusted_hosts', [...new Set(names.filter(isTrustedHost))]),
  ...otherSettings.map((name) => ({ left: `${name} says for more clients that their mail is signed: ${NO_SUCH_VAR}` })),
]

const NO_SUCH_VAR = 'no var does, and a run wants it among drop_signing'
const isTrustedHost = (name: Untrusted): boolean => TRUSTED.test(name)

/** In the words of `drop_signing`. */
const unlistedClients = ({ names, otherSettings }: SignedClients): readonly Untrusted[] =>
  [...names.filter((name) => !isTrustedHost(name)), ...otherSettings].map((name) => clientWord({ name }))

function actionVar({ said, signer, parameters }: AnsweredHost): readonly Found[] {
  const action = parameters['milter_default_action'] ?? ''
  if (action === '' || (action === USUAL_ACTION && !said.has('milter_default_action'))) return []
  const why =
    action === 'accept'
      ? `While ${signer.title} does not run, mail leaves unsigned; with tempfail, it would wait`
      : undefined
  return ACTIONS.includes(action)
    ? scalarVar(said, { name: 'milter_default_action', value: action, ...(why === undefined ? {} : { why }) })
    : [{ left: `milter_default_action is ${action}, which the var does not take: a run makes it tempfail` }]
}

/** Its own name, and whether mail from there is signed. */
function ownNameVars(
  { name, said, parameters }: AnsweredHost,
  fqdn: string | undefined,
  signed: SignedDomains,
): readonly Found[] {
  if (fqdn === undefined)
    return [{ left: `its full name is not known: set fqdn (Postfix's myhostname is no full name)` }]
  const own = fqdn === name ? [] : scalarVar(said, { name: 'fqdn', value: fqdn })
  const signer = signerOf(fqdn, signed.domains)
  if (signer === undefined || said.get('sign_host_name')?.value === false) return own
  if (!signed.signsOwn) {
    const why =
      `Mail from ${fqdn}, such as that of cron, leaves unsigned today; ` +
      `remove this line to have it signed for ${signer}`
    return [...own, ...scalarVar(said, { name: 'sign_host_name', value: false, why })]
  }
  const classes = parameters['internal_mail_filter_classes'] ?? ''
  if (/\bbounce\b/.test(classes) || said.has('sign_bounces')) return own
  return [
    ...own,
    { name: 'sign_bounces', value: false, why: 'Bounces leave unsigned today; leave this out to sign them' },
  ]
}

function addressesVar({ said, outgoing }: AnsweredHost): readonly Found[] {
  if (said.has('outgoing_addresses')) return []
  const addresses = addressesOf({ outgoing_addresses: undefined }, { outgoing: outgoing ?? null })
  if (typeof addresses !== 'string') return [{ name: 'outgoing_addresses', value: addresses }]
  return [{ choice: { name: 'outgoing_addresses', value: [], why: `This host ${addresses}` } }]
}
