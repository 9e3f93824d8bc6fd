// opendkim.conf(5) as the daemon reads it: what counts, what is not understood, every line that can sign.
import type { Untrusted } from '../../shell/untrusted.ts'
import { dataSetOf } from './data-set.ts'
import { domainLines } from './domain-lines.ts'
import { tableOf, type Table } from './look-up.ts'
import { isYes, readSettings, type Setting, type Settings } from './read-settings.ts'
import { lookAtOtherSets, refuseMissingKeys, refuseValues, type Given } from './refusals.ts'
import { made, signed, type SignedHow, type Way } from './signatures.ts'
import type { IdleLine, Lines, SigningLine } from './signing-line.ts'
import { Doubts, placeText, type NotUnderstood, type OpendkimSources, type Place } from './sources.ts'
import { tableLines } from './table-lines.ts'
import { optionsOf, type Options } from './words.ts'

/** What it reads where no `-x` names another. */
export const DEFAULT_PATH = '/etc/opendkim.conf'

export interface OpendkimConfiguration {
  readonly path: string
  /** The one that counts, by name in lower case. */
  readonly settings: Settings
  /** All in the daemon's order, those that a later one supersedes too. */
  readonly lines: readonly Setting[]
  readonly options: Options
  /** As `-p` or Socket says it: `inet:8891@localhost`. */
  readonly socket: string | undefined
  /** `-u`, or UserID: `opendkim`, `opendkim:postfix`. */
  readonly userId: string | undefined
  /** A host with one of these is not touched. */
  readonly notUnderstood: readonly NotUnderstood[]
  /** Every line that can sign, in the daemon's order. */
  readonly signing: readonly SigningLine[]
  /** Lines by which nobody is signed. */
  readonly idle: readonly IdleLine[]
  /** Whether it signs at all: Mode, or `-b`. */
  readonly signs: boolean
  /** Whether a message may get several signatures. */
  readonly multiple: boolean
  readonly way: Way
  /** Domains whose mail passes as it comes. */
  readonly exempt: Table | undefined
}

export function opendkimConfiguration({ words, files }: OpendkimSources): OpendkimConfiguration {
  const doubts = new Doubts()
  const options = optionsOf(words, doubts)
  const path = options.get('x') ?? DEFAULT_PATH
  const isFresh = !options.has('x') && files.get(path)?.kind === 'absent'
  const lines = isFresh ? [] : readSettings(path, files, doubts)
  const settings: Settings = new Map(lines.map((line) => [line.name.toLowerCase(), line]))
  const given = (name: string, option?: string): Given | undefined => {
    const word = option === undefined ? undefined : options.get(option)
    const setting = settings.get(name.toLowerCase())
    if (word !== undefined) return { value: word, place: { path: `-${option}` } }
    return setting === undefined ? undefined : { value: setting.value, place: setting }
  }
  refuseValues(given, doubts)
  lookAtOtherSets(settings, options, files, doubts)
  tellScripts(settings, doubts)
  const socket = given('Socket', 'p')?.value
  if (socket === undefined && !isFresh)
    doubts.refused('it is told no Socket', { path }, 'say Socket local:/run/opendkim/…')
  const signs = (given('Mode', 'b')?.value ?? 'sv').includes('s')
  const way = wayOf({ settings, options, files, doubts, given, signs, path })
  const exempt = settings.get('exemptdomains')
  const { signing, idle } = linesOfWay(way, doubts)
  return {
    path,
    settings,
    lines,
    options,
    socket,
    userId: given('UserID', 'u')?.value,
    notUnderstood: doubts.list,
    signing: signs ? signing : [],
    idle,
    signs,
    multiple: way.kind === 'tables' && way.multiple,
    way,
    exempt: exempt && setOf(exempt, files, doubts),
  }
}

/** More lines of patterns that are not for one domain each are not looked through, for each address anew. */
const MOST_PATTERNS = 1000

function setOf(
  setting: Pick<Setting, 'name' | 'value'> & Place,
  files: OpendkimSources['files'],
  doubts: Doubts,
): Table | undefined {
  const set = dataSetOf(setting, files, doubts)
  if (set === undefined) return undefined
  const table = tableOf(set, setting.name !== 'KeyTable')
  if (table.slow <= MOST_PATTERNS) return table
  doubts.unknown(`${setting.name} has more than ${MOST_PATTERNS} patterns of several stars`, setting, 'name domains')
  return undefined
}

/** Programs that decide about each message, and what changes where the daemon looks for keys. */
function tellScripts(settings: Settings, doubts: Doubts): void {
  for (const name of ['SetupPolicyScript', 'ScreenPolicyScript', 'FinalPolicyScript', 'ChangeRootDirectory']) {
    const is = settings.get(name.toLowerCase())
    if (is !== undefined) doubts.unknown(`${name} is not read by mailrun`, is, 'do without it')
  }
}

interface Reading {
  readonly path: string
  readonly settings: Settings
  readonly options: Options
  readonly files: OpendkimSources['files']
  readonly doubts: Doubts
  readonly signs: boolean
  given(name: string, option?: string): Given | undefined
}

function wayOf(reading: Reading): Way {
  const { settings, files, doubts, signs, path } = reading
  const [keyTable, signingTable] = [settings.get('keytable'), settings.get('signingtable')]
  if (keyTable === undefined) {
    if (signingTable !== undefined) doubts.refused('SigningTable needs a KeyTable', signingTable, 'name a KeyTable')
    return byDomain(reading)
  }
  const keys = setOf(keyTable, files, doubts)
  const signing = signingTable && setOf(signingTable, files, doubts)
  const option = reading.options.get('k')
  if (signs && option !== undefined) doubts.refused('-k does not go with a KeyTable', { path: '-k' }, 'remove -k')
  if (signs && signingTable === undefined && !settings.has('setuppolicyscript'))
    doubts.refused('KeyTable needs a SigningTable', { path }, 'name a SigningTable')
  if (keys === undefined || signing === undefined) return { kind: 'nobody' }
  if (signs) refuseMissingKeys(signing, keys, doubts)
  return { kind: 'tables', signing, keys, multiple: isYes(settings, 'MultipleSignatures') }
}

function byDomain({ settings, options, files, doubts, given, signs }: Reading): Way {
  const [selector, keyFile, domain] = [given('Selector', 's'), given('KeyFile', 'k'), given('Domain', 'd')]
  const whole = selector !== undefined && keyFile !== undefined
  const either = selector ?? keyFile
  if (signs && either !== undefined && !whole)
    doubts.refused('KeyFile and Selector need each other', either.place, 'set both, or none')
  if (domain === undefined) return { kind: 'nobody' }
  if (signs && !whole) doubts.refused('Domain needs KeyFile and Selector', domain.place, 'set both')
  const domains = setOf({ name: 'Domain', value: domain.value, ...domain.place }, files, doubts)
  if (domains === undefined) return { kind: 'nobody' }
  const key = whole ? { selector: selector.value, path: keyFile.value, place: keyFile.place } : undefined
  return { kind: 'domains', domains, subDomains: options.has('D') || isYes(settings, 'SubDomains'), key }
}

/** Every line by which it can sign. */
function linesOfWay(way: Way, doubts: Doubts): Lines {
  if (way.kind === 'nobody') return { signing: [], idle: [] }
  return way.kind === 'tables' ? tableLines(way, doubts) : domainLines(way, doubts)
}

/** Who is signed how: what the daemon does with a message From an address, of a client that it signs for. */
export function signaturesOf(configuration: OpendkimConfiguration, from: Untrusted): SignedHow {
  const { notUnderstood, way, exempt, signs } = configuration
  const refused = notUnderstood.find((doubt) => doubt.refused)
  if (refused !== undefined) return { fails: `OpenDKIM does not start: ${refused.what} (${placeText(refused.place)})` }
  const unknown = notUnderstood[0]
  if (unknown !== undefined) return { unknown: `${unknown.what} (${placeText(unknown.place)})` }
  const wanted = signed(way, exempt, from)
  return signs || !('map' in wanted) ? made(wanted) : []
}
