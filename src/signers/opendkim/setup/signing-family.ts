// Asks with which keys a host signs: reads its tables at the places that its configuration names, the keys that they
// name, and the directories above them. It takes no process for RSA keys.
import { ancestorsOf, type Signing } from '../../keys/signing.ts'
import type { Answer } from '../../../core/probe/answer.ts'
import type { Family } from '../../../core/probe/probe.ts'
import { isKnown, UNKNOWN, type Known } from '../../../core/unknown.ts'
import { readerQuestion } from '../../../resources/reader/reader.ts'
import { perlList } from '../../../shell/perl-quote.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import {
  opendkimConfiguration,
  type FileText,
  type OpendkimConfiguration,
  type OpendkimSources,
} from '../configuration/index.ts'
import { KEY_DIRECTORY } from '../keys/key-group.ts'
import { ownersIn } from '../keys/key-owners-answer.ts'
import { fromHex } from '../../../shell/perl-words.ts'
import { pastOf } from '../../keys/selector-past.ts'
import { signingAnswer, type SigningPath, type SigningAnswer } from './signing-answer.ts'
import { keysInUse } from './signing-in-use.ts'
import { SIGNING_PROGRAM } from './signing-program.ts'

export { TABLE_HEADER } from './signing-program.ts'
export const KEY_TABLE = `${KEY_DIRECTORY}/KeyTable`
export const SIGNING_TABLE = `${KEY_DIRECTORY}/SigningTable`
export { DEFAULT_PATH as CONFIGURATION } from '../configuration/index.ts'

/** How OpenDKIM is configured on a host, by whomever. */
export interface OpendkimSetup {
  /** Whether the daemon is there. */
  readonly installed: boolean
  /** Whether it runs: then it signs by what it has read, which may not be what is there now. */
  readonly runs: boolean
  /** Whether the tables in use are mailrun's. */
  readonly ours: boolean
  /** Texts as the daemon finds them; {@link configurationOf} reads them. */
  readonly sources: Known<OpendkimSources>
  /**
   * Of an activation that did not come to its end: where OpenDKIM listens by the configuration that was before it, ''
   * where that says nothing. Left out: there is none.
   */
  readonly formerSocket?: string
  /** Keys of the KeyTable that are no files; those with `%` in their path are not looked at. */
  readonly gone: readonly string[]
}

/**
 * One question: domain, selector and path of a first key, `just` for this one whatever the tables name; none of them
 * asks for {@link OpendkimSetup}.
 */
export type SigningItem = readonly (readonly [
  domain: string,
  selector: string,
  path: string,
  which: 'just' | 'first',
])[]
export const signingItem = (item: SigningItem): string => JSON.stringify(item)
export const readSigning = ({ stdout }: Answer): readonly Signing[] =>
  JSON.parse(stdout, (key, value: unknown) =>
    key === 'publicKey' && value === null ? UNKNOWN : value,
  ) as readonly Signing[]

type SetupJson = Omit<OpendkimSetup, 'sources'> & {
  readonly words: readonly Untrusted[]
  readonly files: readonly (readonly [string, FileText])[]
}
const setupJson = ({ sources, installed, runs, ours, gone, former }: SigningAnswer): SetupJson => ({
  ...(former === undefined ? {} : { formerSocket: opendkimConfiguration(former).socket ?? '' }),
  installed,
  runs,
  ours,
  words: sources.words,
  files: [...sources.files],
  gone: [...gone],
})
export function readSetup({ stdout }: Answer): OpendkimSetup {
  const { words, files, ...rest } = JSON.parse(stdout) as SetupJson
  return { ...rest, sources: { words, files: new Map(files) } }
}

const configurations = new WeakMap<OpendkimSources, OpendkimConfiguration>()

/** What the texts say, read once; `undefined`: they are not known yet. */
export function configurationOf({ sources }: Pick<OpendkimSetup, 'sources'>): OpendkimConfiguration | undefined {
  if (!isKnown(sources)) return undefined
  const known = configurations.get(sources) ?? opendkimConfiguration(sources)
  configurations.set(sources, known)
  return known
}

/** The question to whom keys belong: of these directories, that hold keys, and of all that is asked besides. */
export interface OwnersItem {
  readonly directories: readonly string[]
}
export const ownersItem = (item: OwnersItem): string => JSON.stringify(item)

const parsed = (items: readonly string[]): readonly (SigningItem | OwnersItem)[] =>
  items.map((item) => JSON.parse(item) as SigningItem | OwnersItem)
const isOwners = (item: SigningItem | OwnersItem): item is OwnersItem => !Array.isArray(item)
const keysOf = (items: readonly string[]): SigningItem => [
  ...new Map(
    parsed(items)
      .flatMap((item) => (isOwners(item) ? [] : item))
      .map((each) => [each.join(' '), each]),
  ).values(),
]
const directoriesOf = (items: readonly string[]): readonly string[] => [
  ...new Set(parsed(items).flatMap((item) => (isOwners(item) ? item.directories : []))),
]

/**
 * The private keys are read on the host; only the public halves leave it. One process of openssl for each key that is
 * no plain RSA key; one more where OpenDKIM does not run, for the words of its unit.
 */
export const signingFamily: Family = {
  name: 'signing',
  script: (items) =>
    readerQuestion({
      program: `my @asked = map { [split / /] } ${perlList(keysOf(items).map((key) => key.join(' ')))};
my @directories = ${perlList(directoriesOf(items))};
${SIGNING_PROGRAM}`,
    }),
  split(answer, items) {
    const reported = signingAnswer(answer)
    const signing = signingOf(reported)
    return items.map((item) => {
      const asks = JSON.parse(item) as SigningItem | OwnersItem
      const part = isOwners(asks)
        ? ownersIn(reported)
        : asks.length === 0
          ? setupJson(reported)
          : asks.map((each) => signing(each))
      return { ...answer, stdout: JSON.stringify(part, (_, value: unknown) => (value === UNKNOWN ? null : value)) }
    })
  },
}

/** What is reported for each key that was asked for. */
function signingOf(reported: SigningAnswer): (asks: SigningItem[number]) => Signing {
  const inUse = keysInUse(opendkimConfiguration(reported.sources))
  const groups = reported.of('groups')[0] ?? []
  const pasts = new Map(
    reported.of('past').map(([domain, path = '', ...events]) => [`${domain} ${fromHex(path)}`, events]),
  )
  const isThere = (path: string): boolean => ['f', 'L'].includes(reported.paths.get(path)?.type ?? '')
  return ([domain, first, at, which]) => {
    const named = which === 'just' ? [] : inUse(domain)
    const used = named.find(({ path }) => isThere(path))
    const { selector, path } = used ?? { selector: first, path: at }
    const past =
      used !== undefined || which === 'just'
        ? undefined
        : pastOf(reported.now, named[0], pasts.get(`${domain} ${at}`) ?? [])
    return {
      domain,
      selector,
      inUse: used !== undefined,
      path,
      key: keyOf(reported.paths.get(path), reported.publicKey(path)),
      directories: [...new Set([...ancestorsOf(path), ...ancestorsOf(at)])].flatMap((above) => {
        const is = reported.paths.get(above)
        if (is?.type !== 'd' && is?.type !== 'l') return []
        const { owner, group, mode } = is
        return [{ path: above, owner, group, mode, ...(is.type === 'l' ? { link: true } : {}) }]
      }),
      groups,
      ...(past === undefined ? {} : { past }),
    }
  }
}

function keyOf(is: SigningPath | undefined, publicKey: Known<string>): Signing['key'] {
  if (is === undefined) return { kind: 'absent' }
  if (is.type === 'l' || is.type === 'L') return { kind: 'symlink' }
  if (is.type !== 'f' || publicKey === '') return { kind: 'invalid' }
  const { owner, group, mode } = is
  return { kind: 'key', owner, group, mode, publicKey }
}
