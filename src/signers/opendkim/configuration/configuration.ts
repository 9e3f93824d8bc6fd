// Reads opendkim.conf(5) as the daemon does: the settings in effect, what mailrun does not understand, and every line
// that can sign.
import type { Untrusted } from '../../../shell/untrusted.ts'
import { lowerCase } from './c-text.ts'
import { readDataSet } from './data-set.ts'
import { domainLines } from './domain-lines.ts'
import type { Table } from './look-up.ts'
import { readSettings, type Setting, type Settings } from './read-settings.ts'
import { setOf, signingMethodOf } from './signing-method.ts'
import { lookAtOtherSets, refuseValues, type Given } from './refusals.ts'
import { made, signed, type SignedHow, type SigningMethod } from './signatures.ts'
import type { IdleLine, Lines, SigningLine } from './signing-line.ts'
import { Doubts, placeText, type NotUnderstood, type OpendkimSources } from './sources.ts'
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
  readonly method: SigningMethod
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
  tellOtherSenders(settings, files, doubts)
  const socket = given('Socket', 'p')?.value
  if (socket === undefined && !isFresh) doubts.refused('it has no Socket', { path }, 'say Socket local:/run/opendkim/…')
  const signs = (given('Mode', 'b')?.value ?? 'sv').includes('s')
  const method = signingMethodOf({ settings, options, files, doubts, given, signs, path })
  const exempt = settings.get('exemptdomains')
  const { signing, idle } = linesOfMethod(method, doubts)
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
    multiple: method.kind === 'tables' && method.multiple,
    method,
    exempt: exempt && setOf(exempt, files, doubts),
  }
}

/** The settings that an option of the command line goes before. */
const BY_OPTION: Readonly<Record<string, string>> = {
  b: 'mode',
  c: 'canonicalization',
  d: 'domain',
  k: 'keyfile',
  L: 'minimum',
  o: 'omitheaders',
  P: 'pidfile',
  p: 'socket',
  S: 'signaturealgorithm',
  s: 'selector',
  u: 'userid',
}

/** What counts, by name in lower case: settings, and options of the command line, which go before them. */
export const valuesOf = ({ settings, options }: OpendkimConfiguration): ReadonlyMap<string, string> =>
  new Map([
    ...[...settings].map(([name, { value }]) => [name, value] as const),
    ...Object.entries(BY_OPTION).flatMap(([option, name]) => {
      const value = options.get(option)
      return value === undefined ? [] : [[name, value] as const]
    }),
  ])

/** Programs that decide about each message, and what changes where the daemon looks for keys. */
function tellScripts(settings: Settings, doubts: Doubts): void {
  for (const name of ['SetupPolicyScript', 'ScreenPolicyScript', 'FinalPolicyScript', 'ChangeRootDirectory']) {
    const is = settings.get(name.toLowerCase())
    if (is !== undefined) doubts.unknown(`${name} is not read by mailrun`, is, 'do without it')
  }
}

/** From says here whose mail it is. */
function tellOtherSenders(settings: Settings, files: OpendkimSources['files'], doubts: Doubts): void {
  const [fields, macro] = [settings.get('senderheaders'), settings.get('sendermacro')]
  if (macro !== undefined) doubts.unknown('a macro says whose mail it is, not From', macro, 'do without SenderMacro')
  const first = fields && readDataSet(fields, files).set?.entries[0]
  if (fields !== undefined && first !== undefined && lowerCase(first.key) !== 'from')
    doubts.unknown(`${first.key} says whose mail it is, before From does`, fields, 'let SenderHeaders begin with From')
}

/** Every line by which it can sign. */
function linesOfMethod(method: SigningMethod, doubts: Doubts): Lines {
  if (method.kind === 'nobody') return { signing: [], idle: [] }
  return method.kind === 'tables' ? tableLines(method, doubts) : domainLines(method, doubts)
}

/** Who is signed how: what the daemon does with a message From an address, of a client that it signs for. */
export function signaturesOf(configuration: OpendkimConfiguration, from: Untrusted): SignedHow {
  const { notUnderstood, method, exempt, signs } = configuration
  const refused = notUnderstood.find((doubt) => doubt.refused)
  if (refused !== undefined) return { fails: `OpenDKIM does not start: ${refused.what} (${placeText(refused.place)})` }
  const unknown = notUnderstood[0]
  if (unknown !== undefined) return { unknown: `${unknown.what} (${placeText(unknown.place)})` }
  const wanted = signed(method, exempt, from)
  return signs || !('map' in wanted) ? made(wanted) : []
}
