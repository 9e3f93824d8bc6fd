// Turns the answer of `ssh -G` for one destination into the answer for another: replaces the names of the first with
// those of the second.
import { lowerAscii } from '../../../text/openssh-pattern.ts'
import { valueOf, type Answer, type SshSetting } from '../ask/answer.ts'
import { lastHop } from '../jump.ts'
import { keywordOf } from '../keywords.ts'
import type { Scan } from '../scan/scan.ts'
import { expandAll, expandPath, expandTokens, HASHED, namesDestination, tokensOf, type Tokens } from '../tokens.ts'
import type { Destination } from './destination.ts'

/**
 * @returns `undefined` where it cannot be known what the answer would be for that destination. Its key is not in it.
 */
export type AnswerFor = (destination: Destination) => Answer | undefined

/** What stands for a value where no line gives one, as a line would; any of them. */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  hostname: ['%h'],
  user: ['%u'],
  userknownhostsfile: ['~/.ssh/known_hosts ~/.ssh/known_hosts2'],
  identityfile: ['rsa', 'ecdsa', 'ecdsa_sk', 'ed25519', 'ed25519_sk', 'xmss', 'dsa'].map((type) => `~/.ssh/id_${type}`),
}

function defaultsOf(keyword: string): readonly (readonly string[])[] {
  const known = keywordOf(keyword)?.defaults
  const printed = known === undefined || known === 'list' ? [] : known
  return [...(DEFAULTS[keyword] ?? []), ...printed].map((text) => text.split(' '))
}

type Written = (text: string, tokens: Tokens) => string

/**
 * Every way in which an OpenSSH prints what a line says. Which of them it is the answer shows: the texts of the files,
 * written so, are held against it.
 */
const WAYS: readonly Written[] = [(text: string) => text, expandTokens, expandAll, expandPath].flatMap(
  (way): readonly Written[] => [way, (text, tokens) => lowerAscii(way(text, tokens))],
)

/** A text of a file, and a way of writing it, that give what was printed. */
type Source = (of: TokensBy) => readonly string[] | undefined

/** By how `%C` is made. */
type TokensBy = ReadonlyMap<(typeof HASHED)[number], Tokens>

/**
 * @param answer - for a destination of that name, without user and port.
 * @param scan - of the files, and of the options of the command line.
 */
export function answersFor(answer: Answer, host: string, scan: Scan): AnswerFor {
  const asked = tokensBy(answer, { host, hostName: valueOf(answer, 'hostname') ?? host })
  const sources = answer.map((setting) =>
    sourcesOf(setting, scan, setting.keyword === 'hostname' ? named(host) : asked),
  )
  const index = (keyword: string): number => answer.findIndex((each) => each.keyword === keyword)
  return (destination) => {
    const written = (at: number, tokens: TokensBy): SshSetting | undefined => {
      const setting = answer[at]
      if (setting === undefined) return undefined
      const source = sources[at]
      return source === undefined ? setting : oneOf(setting, source, tokens)
    }
    const hostName = written(index('hostname'), named(destination.host))?.value
    if (hostName === undefined) return undefined
    const before = tokensBy(answer, { ...destination, hostName })
    const user = destination.user ?? written(index('user'), before)?.value
    const tokens = tokensBy(answer, { ...destination, hostName, user })
    const own = new Map([
      ['host', destination.host],
      ['hostname', hostName],
      ['user', user],
      ['port', destination.port === undefined ? undefined : String(destination.port)],
    ])
    const made = answer.map((setting, at) => {
      const value = own.get(setting.keyword)
      return value === undefined ? written(at, tokens) : { keyword: setting.keyword, value }
    })
    return made.every((each) => each !== undefined) ? made : undefined
  }
}

const named = (host: string): TokensBy => new Map(HASHED.map((how) => [how, { h: host }]))

type Named = Pick<Destination, 'host'> & {
  readonly hostName: string
  readonly user?: string | undefined
  readonly port?: number | undefined
}

const tokensBy = (answer: Answer, { host, hostName, user, port }: Named): TokensBy =>
  new Map(
    HASHED.map((how) => [
      how,
      tokensOf(
        {
          given: host,
          hostName,
          user: user ?? valueOf(answer, 'user') ?? '',
          port: port === undefined ? (valueOf(answer, 'port') ?? '') : String(port),
          hostKeyAlias: valueOf(answer, 'hostkeyalias'),
          jump: lastHop(valueOf(answer, 'proxyjump') ?? '')?.host ?? '',
        },
        how,
      ),
    ]),
  )

/**
 * `undefined`: the value is the same for every destination. Several: they agree for the one that was asked for, and may
 * differ for others. A value that none gives is known for nobody.
 */
function sourcesOf({ keyword, value }: SshSetting, scan: Scan, tokens: TokensBy): readonly Source[] | undefined {
  const texts = textsOf(keyword, scan)
  if (!texts.some((words) => words.some(namesDestination))) return undefined
  return texts.flatMap((words) =>
    WAYS.flatMap((way) =>
      HASHED.flatMap((how) => {
        const source: Source = (of) => writtenBy(words, way, of.get(how)!)
        return source(tokens)?.join(' ') === value ? [source] : []
      }),
    ),
  )
}

/** What lines give for a keyword: all that stands there, its words, or one of them. */
export function textsOf(keyword: string, { settings }: Scan): readonly (readonly string[])[] {
  const lines = (settings.get(keyword) ?? []).flatMap(({ words = [], rest }) => [
    [rest],
    words,
    ...words.map((word) => [word]),
  ])
  return [...lines, ...defaultsOf(keyword)]
}

function writtenBy(words: readonly string[], way: Written, tokens: Tokens): readonly string[] | undefined {
  try {
    return words.map((word) => way(word, tokens))
  } catch {
    // That text is not written so.
    return undefined
  }
}

/** `undefined` unless all that it may come from give the same. */
function oneOf(setting: SshSetting, sources: readonly Source[], tokens: TokensBy): SshSetting | undefined {
  const found = new Set(sources.map((source) => source(tokens)?.join(' ')))
  const [value] = found
  return found.size === 1 && value !== undefined ? { ...setting, value } : undefined
}

/** Files that a value lists, each by itself: blanks part them, and may be in them, too. */
export function filesOf(
  { keyword, value }: SshSetting,
  { settings }: Scan,
  tokens: readonly Tokens[],
): readonly string[] {
  const lines = (settings.get(keyword) ?? []).map(({ words = [] }) => words)
  const texts = [...lines, ...defaultsOf(keyword)]
  // Only what holds a blank, or may come to hold one, must be looked for.
  const isPlain = !texts.some((words) => words.some((word) => /[\s$%~]/.test(word)) && value.includes(' '))
  const found = isPlain
    ? undefined
    : texts
        .flatMap((words) => WAYS.flatMap((way) => tokens.map((each) => writtenBy(words, way, each))))
        .find((parts) => parts?.join(' ') === value)
  return found ?? value.split(' ')
}
