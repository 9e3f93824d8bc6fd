// What a host signs that its tables to come must go on signing, or the words by which a run refuses. Pure.
import { DAEMON } from '../mail/key-group.ts'
import { mailDomain } from '../mail/names.ts'
import type { CarriedLine } from '../mail/signing-table.ts'
import { keptSigned, type Kept, type Lost } from './signed-patterns.ts'
import { placeText, type OpendkimConfiguration } from '../signers/opendkim/index.ts'
import { signedClients, type SignedClient, type SignedClients } from './signed-clients.ts'
import { isKnown } from '../model/unknown.ts'
import { configurationOf, type OpendkimSetup, type Signing } from '../probes/signing.ts'
import { CONFIGURATION } from '../probes/signing-family.ts'

export interface KeepArgs {
  readonly domains: readonly string[]
  readonly hostName?: string
  /** The host's own name where its mail need not stay signed, nor be signed at all. */
  readonly unsignedName?: string
  /**
   * Senders whose mail need not stay signed: `example.net`, `.example.net` (those below it), `user@example.net`, `*`;
   * and clients: `client:10.0.0.0/8`.
   */
  readonly dropSigning?: readonly string[]
  /**
   * Clients that are signed for besides this host: those that OpenDKIM signs for by a configuration of others must be
   * among them. Left out: that is as it is.
   */
  readonly trustedHosts?: readonly string[]
}

export interface Keeping {
  readonly carried: readonly CarriedLine[]
  /** Names of the host itself that it signs for, as a client of its own. */
  readonly clients: readonly string[]
  /** What leaves unsigned all the same, in words: the inventory says no more what it said for mailrun's own tables. */
  readonly warning?: string
  /** Entries of `dropSigning` by which nothing is dropped. */
  readonly idle: readonly string[]
}

const NOTHING: Keeping = { carried: [], clients: [], idle: [] }

/**
 * @param open - whether a key that is not in use gets lines.
 * @returns `why` it must be refused.
 */
export function keeping(
  args: KeepArgs,
  setup: OpendkimSetup,
  signing: readonly Signing[],
  open: (each: Signing) => boolean,
): Keeping | { readonly why: string } {
  const configuration = configurationOf(setup)
  if (configuration === undefined) return NOTHING
  const obstacle = unreadable(configuration) ?? overruled(configuration) ?? outdated(setup, configuration)
  if (obstacle !== undefined) return { why: obstacle }
  const { dropSigning: drop = [], unsignedName } = args
  const gone = new Set(setup.gone)
  const kept = keptSigned({
    today: configuration.signing.filter(({ key }) => key === undefined || !gone.has(key)),
    multiple: configuration.multiple,
    keys: signing.map((each) => ({
      domain: each.domain,
      open: each.inUse || open(each),
      ...(each.inUse ? { now: { selector: each.selector, path: each.path } } : {}),
    })),
    hostName: args.hostName,
    drop: [...drop.filter((each) => !each.startsWith(CLIENT)), ...(unsignedName === undefined ? [] : [unsignedName])],
  })
  if (kept === undefined) return { why: TOO_ODD }
  if (kept.lost.length > 0 && !setup.ours) return { why: refusal(kept, args.domains) }
  const idle = kept.idle.filter((each) => each !== unsignedName)
  const clients = clientsOf(args, setup, configuration)
  return clients.lost.length > 0
    ? { why: refusedClients(clients.lost) }
    : { ...kept, idle, clients: clients.own, ...warned(kept) }
}

/** Of tables that mailrun wrote the inventory has the last word. */
const warned = ({ lost }: Kept): Pick<Keeping, 'warning'> =>
  lost.length === 0
    ? {}
    : {
        warning:
          `mail that mailrun's tables have signed is not signed any more, for the inventory does not name it: ` +
          `${listOf(lost)}`,
      }

/** Before a client in `dropSigning`. */
export const CLIENT = 'client:'

function clientsOf(
  { trustedHosts, hostName, unsignedName, dropSigning = [] }: KeepArgs,
  { ours, sources }: OpendkimSetup,
  configuration: OpendkimConfiguration,
): SignedClients {
  if (trustedHosts === undefined || !isKnown(sources)) return { lost: [], own: [] }
  const dropped = new Set(dropSigning.map((each) => each.toLowerCase()))
  const { lost, own } = signedClients(configuration, sources.files, trustedHosts, hostName ?? unsignedName)
  // In mailrun's own configuration the inventory has the last word.
  if (ours || configuration.signing.length === 0) return { lost: [], own }
  return { lost: lost.filter(({ name }) => !dropped.has(`${CLIENT}${name}`.toLowerCase())), own }
}

function refusedClients(clients: readonly SignedClient[]): string {
  const shown = clients.slice(0, SHOWN)
  const list = shown.map(({ name, place }) => `\n${name} (${placeText(place)})`)
  const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ')
  const names = shown.map(({ name }) => name)
  const trusted = names.filter((name) => /^[\w.:/-]+$/.test(name) && !/^(?:MTA|MacroList|POPDBFile)$/.test(name))
  const add = trusted.length === 0 ? '' : `say trusted_hosts: [${quoted(trusted)}], or `
  return (
    `mail of clients that this host signs for would leave unsigned unless they log in, so nothing is changed:` +
    `${list.join('')}${more(clients.length)}\n${add}` +
    `say which need not be signed for: drop_signing: [${quoted(names.map((name) => CLIENT + name))}]`
  )
}

const TOO_ODD =
  'the SigningTable has so many unusual patterns that what they sign cannot be compared: mailrun leaves it as it is; ' +
  'name domains in their place (*@example.org), or have another tool see to this host'

function unreadable({ notUnderstood }: OpendkimConfiguration): string | undefined {
  const doubts = notUnderstood.filter(({ refused }) => !refused)
  if (doubts.length === 0) return undefined
  const list = doubts.slice(0, SHOWN).map(({ what, place, remedy }) => `\n${placeText(place)}: ${what}: ${remedy}`)
  return (
    "not all of OpenDKIM's configuration can be read, so it cannot be told what is signed, " +
    `and nothing is changed:${list.join('')}${more(doubts.length)}`
  )
}

/** Words of the command line that go before the configuration that is to come, where they say something else. */
const OVERRULING: Readonly<Record<string, readonly [setting: string, isLike: (value: string) => boolean]>> = {
  b: ['Mode', (value) => value.includes('s')],
  d: ['Domain', () => false],
  D: ['SubDomains', () => false],
  k: ['KeyFile', () => false],
  s: ['Selector', () => false],
  u: ['UserID', (value) => value.split(':')[0] === DAEMON],
}

function overruled({ path, options }: OpendkimConfiguration): string | undefined {
  const [name, [setting] = ['']] =
    Object.entries(OVERRULING).find(([each, [, isLike]]) => options.has(each) && !isLike(options.get(each)!)) ?? []
  if (path === CONFIGURATION && name === undefined) return undefined
  const is = name === undefined ? `-x ${path}` : `-${name} (${setting})`
  return (
    `OpenDKIM is started with ${is}, which goes before what ${CONFIGURATION} says: ` +
    'say it there, take it out of the unit ("systemctl cat opendkim" shows where it stands), and restart opendkim'
  )
}

/** What runs may sign by what was there when it read its files. Of mailrun's own tables the next run mends them. */
function outdated({ runs, ours }: OpendkimSetup, { notUnderstood }: OpendkimConfiguration): string | undefined {
  const doubts = notUnderstood.filter(({ refused }) => refused)
  if (!runs || ours || doubts.length === 0) return undefined
  const list = doubts.slice(0, SHOWN).map(({ what, place, remedy }) => `\n${placeText(place)}: ${what}: ${remedy}`)
  return (
    'OpenDKIM runs, and would not start with what its configuration says now, so it cannot be told what it signs, ' +
    `and nothing is changed:${list.join('')}${more(doubts.length)}\nor stop it (systemctl stop opendkim)`
  )
}

const SHOWN = 10
const more = (all: number): string => (all > SHOWN ? `\nand ${all - SHOWN} more` : '')

function refusal({ lost, idle }: Kept, domains: readonly string[]): string {
  const unmet = idle.length === 0 ? '' : `; of drop_signing nothing that is signed is meant by ${idle.join(', ')}`
  return (
    `mail that this host signs would not be signed any more, or by another key, so nothing is changed:` +
    `${listOf(lost)}\n${remedyFor(lost, domains)}${unmet}`
  )
}

const listOf = (lost: readonly Lost[]): string =>
  `${lost
    .slice(0, SHOWN)
    .map((each) => `\n${lossText(each)}`)
    .join('')}${more(lost.length)}`

function lossText({ pattern, by, instead }: Lost): string {
  const signer = by.identity === undefined ? '' : ` i=${by.identity}`
  const becomes = instead === undefined ? 'it would leave unsigned' : `another key of ${instead} would sign it`
  return `${pattern}: d=${by.domain} s=${by.selector}${signer} (${placeText(by.place)}); ${becomes}`
}

/** In the words of the inventory; of a domain that it names, in those of the tables. */
function remedyFor(lost: readonly Lost[], domains: readonly string[]): string {
  const shown = lost.slice(0, SHOWN).map((each) => ({ ...each, word: inventoryWord(each.pattern) }))
  const own = shown.filter(({ word }) => domains.includes(word))
  const patterns = shown.map(({ word }) => word).filter((word) => !domains.includes(word))
  const names = patterns.filter((name) => mailDomain(name) === name)
  const add = names.length === 0 ? '' : `add ${names.join(', ')} to domains, or `
  const drop = patterns.map((pattern) => `'${pattern}'`).join(', ')
  const say = `${patterns.includes('*') ? ALL_REMEDY : add}say what need not stay signed: drop_signing: [${drop}]`
  return [...own.map(ownRemedy), ...(patterns.length === 0 ? [] : [say])].join('\n')
}

/** mailrun signs a domain by one key, in a file, with no signer of its own. */
function ownRemedy({ word, by: { key, keyPlace, identity, place } }: Lost & { readonly word: string }): string {
  if (key === undefined)
    return `${word}: its key stands in the table itself (${placeText(keyPlace)}): put it into a file, and name that there`
  if (!key.startsWith('/')) return `${word}: name the key ${key} by its whole path (${placeText(keyPlace)})`
  if (identity !== undefined) return `${word}: mailrun writes no i=: take ${identity} out (${placeText(place)})`
  return `${word}: mailrun signs a domain by one key: take out the lines of the others (${placeText(place)})`
}

const ALL_REMEDY = 'name in domains each whose mail is to be signed from now on, and '

/** `*@example.org`: `example.org`; `*@*.example.org`: `.example.org`; `*@*`: `*` */
export const inventoryWord = (pattern: string): string =>
  pattern === '*@*' ? '*' : pattern.replace(/^\*@\*\./, '.').replace(/^\*@/, '')
