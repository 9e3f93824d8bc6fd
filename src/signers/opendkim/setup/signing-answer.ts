// Parses the answer to the question with which keys a host signs: texts of OpenDKIM's configuration, keys, paths. It is
// parsed once for all tasks.
import { utf8, type Answer } from '../../../core/probe/answer.ts'
import { ProbeError } from '../../../core/probe/probe.ts'
import { UNKNOWN, type Known } from '../../../core/unknown.ts'
import type { FileText, OpendkimSources } from '../configuration/index.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { linesByWord } from '../../../resources/postfix/setup-answer.ts'
import { fromHex } from '../../../shell/perl-words.ts'

export interface SigningPath {
  /** As find(1) has it; `L`: a link to a file. */
  readonly type: string
  readonly owner: string
  readonly group: string
  /** Four octal digits. */
  readonly mode: string
}

export interface SigningAnswer {
  readonly sources: OpendkimSources
  /** Of the configuration before an activation that did not come to its end, without data sets. */
  readonly former: OpendkimSources | undefined
  /** Whether the daemon is there. */
  readonly installed: boolean
  /** Whether it runs. */
  readonly runs: boolean
  /** Whether its tables are mailrun's. */
  readonly ours: boolean
  /** The host's clock, in seconds since 1970. */
  readonly now: number
  readonly paths: ReadonlyMap<string, SigningPath>
  /** Keys of the KeyTable that are no files. */
  readonly gone: ReadonlySet<string>
  /** Words of its lines that begin with this one. */
  of(word: string): readonly (readonly string[])[]
  /** The public half of a private key, '' where the file holds none. */
  publicKey(path: string): Known<string>
}

/** What `tell_sources` prints behind lines of its caller. */
export interface SourcesAnswer {
  readonly sources: OpendkimSources
  /** Lines by their first word, which is left out. */
  readonly lines: ReadonlyMap<string, readonly (readonly string[])[]>
}

/** @returns `undefined` where it was cut short */
export function sourcesIn(stdout: Untrusted): SourcesAnswer | undefined {
  const parts = partsOf(stdout)
  if (parts === undefined) return undefined
  const { lines, bytes } = parts
  const files = new Map<string, FileText>()
  let at = 0
  for (const [path = '', kind = '', rest = ''] of lines.get('file') ?? []) {
    const length = kind === 'text' ? Number(rest) : 0
    files.set(fromHex(path), fileText(kind, rest, bytes.slice(at, at + length)))
    at += length
  }
  if (bytes.slice(at) !== END) return undefined
  return { lines, sources: { words: (lines.get('word') ?? []).map(([word = '']) => fromHex(word)), files } }
}

/** @throws ProbeError where it was cut short */
export function signingAnswer({ stdout, stderr }: Answer): SigningAnswer {
  const { lines, sources } = sourcesIn(stdout) ?? failed(stderr)
  const of = (word: string): readonly (readonly string[])[] => lines.get(word) ?? []
  const keys = new Map(of('key').map(([path = '', key = '']) => [fromHex(path), key === '-' ? '' : key]))
  const withoutOpenssl = lines.has('no-openssl')
  return {
    sources,
    former: formerIn(of('former')[0]?.[0]),
    installed: lines.has('installed'),
    runs: lines.has('runs'),
    ours: lines.has('ours'),
    now: Number(of('now')[0]?.[0] ?? 0),
    paths: new Map(
      of('path').map(([type = '', owner = '', group = '', mode = '', path = '']) => [
        fromHex(path),
        { type, owner, group, mode },
      ]),
    ),
    gone: new Set(of('gone').map(([path = '']) => fromHex(path))),
    of,
    publicKey: (path) => (withoutOpenssl ? UNKNOWN : (keys.get(path) ?? '')),
  }
}

const formerIn = (hex: Untrusted = ''): OpendkimSources | undefined =>
  sourcesIn(Buffer.from(hex, 'hex').toString('latin1'))?.sources

const TEXTS = '\ntexts\n'
const END = '\nend\n'

/** Lines by their first word, which is left out, and what follows them. */
function partsOf(stdout: Untrusted): (Pick<SourcesAnswer, 'lines'> & { readonly bytes: Untrusted }) | undefined {
  const at = stdout.indexOf(TEXTS)
  if (at === -1) return undefined
  return {
    lines: linesByWord(stdout.slice(0, at)),
    bytes: stdout.slice(at + TEXTS.length),
  }
}

function failed(stderr: Untrusted): never {
  throw new ProbeError(`the keys cannot be asked for: ${utf8(stderr).trim() || 'no answer'}`)
}

function fileText(kind: Untrusted, rest: Untrusted, bytes: Untrusted): FileText {
  switch (kind) {
    case 'text':
      return { kind: 'text', text: utf8(bytes) }
    case 'unreadable':
      return { kind: 'unreadable', why: fromHex(rest) }
    case 'absent':
      return { kind: 'absent' }
    case 'other':
      return { kind: 'other' }
    case 'cut':
      return { kind: 'cut' }
    default:
      throw new ProbeError(`the keys cannot be asked for: it answers ${JSON.stringify(kind)}`)
  }
}
