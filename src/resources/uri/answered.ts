// Whether a URL answered as wanted since some files of the host changed: a question about files of the host alone, and
// the change that asks the URL.
import { createHash } from 'node:crypto'
import type { Fact, PathFact } from '../../core/task/fact.ts'
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import { PERL_END, whole } from '../../core/probe/whole.ts'
import { perlList, perlQuote } from '../../shell/perl-quote.ts'
import { lines, raw, type Script } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'
import { keepDirectory } from '../files/program/files.ts'
import { readerQuestion } from '../reader/reader.ts'
import { covers, FILE_STATES, fileStates, STAMP_BYTES, statesOf, type States } from '../systemd/unit-stamp.ts'
import { ASK_PROGRAM, MOST_BODY, MOST_HEAD, MOST_LINE } from './ask-program.ts'
import { urlParts, type UriRequest } from './request.ts'

export interface UriQuestion extends UriRequest {
  readonly status: readonly number[]
  readonly contains: string | undefined
  readonly caFile: string | undefined
  readonly after: readonly string[]
}

export interface UriState {
  /** It answered as wanted, once. */
  readonly answered: boolean
  /** Of `after`, what changed since. */
  readonly changed: readonly string[]
}

/** How often it is asked, and for how long. */
export interface Patience {
  /** Of one attempt. */
  readonly seconds: number
  /** After the first attempt. */
  readonly retries: number
  readonly delaySeconds: number
}

const ABOVE = '/var/lib/mailrun'
/** Root's alone: what `after` was when the URL answered. */
const STAMPS = `${ABOVE}/uri`

/** Its name has no secret: of the header fields it has the names. */
export function stampOf({ url, method, headers, status, contains, caFile, after }: UriQuestion): string {
  const wanted = [url, method, Object.keys(headers), status, contains ?? null, caFile ?? null, after]
  return `${STAMPS}/${createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 32)}`
}

const STAMP_FOLLOWS = '.stamp'
const STAMP_ENDS = '.end'

/** Asks no server: the files, and what they were when the URL answered. */
export function uriProbe(question: UriQuestion): Probe<UriState> {
  const { after, url } = question
  const stamp = stampOf(question)
  const what = `whether ${new URL(url).host} has answered cannot be asked for`
  return defineProbe<UriState>({
    key: `uri ${stamp}`,
    reads: after.map((path) => `path:${path}` as const),
    script: readerQuestion({
      program: `${FILE_STATES}
file_states${perlList(after)};
print "${STAMP_FOLLOWS}\\0", text_of(${perlQuote(stamp)}, ${STAMP_BYTES}) // '';
${PERL_END}
`,
    }),
    parse(answer) {
      const entries = whole(answer, what).split('\0')
      const from = entries.indexOf(STAMP_FOLLOWS)
      if (from === -1) throw new ProbeError(what)
      const kept = entries.slice(from + 1)
      // Whole or not at all: what is cut short proves nothing.
      if (kept.at(-2) !== STAMP_ENDS) return { answered: false, changed: [] }
      const [then, now] = [statesOf(kept), statesOf(entries.slice(0, from))]
      return { answered: true, changed: after.filter((path) => contentOf(path, then) !== contentOf(path, now)) }
    },
    foresee: (state, known) => foresee(after, state, known),
  })
}

/** Of a file its digest, of a directory that of each file in it. */
function contentOf(path: string, states: States): string {
  const asked = Buffer.from(path).toString('latin1')
  return JSON.stringify(
    [...states]
      .filter(([each]) => covers(asked, each))
      .map(([each, { digest }]) => [each, digest])
      .toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1)),
  )
}

/** A file that is written again counts as changed. A directory on the way, and one that is made, changes no file. */
function foresee(after: readonly string[], state: UriState, { resource, value }: Fact): UriState {
  if (!resource.startsWith('path:') || (value as PathFact).kind === 'directory') return state
  const written = resource.slice('path:'.length)
  const hit = after.filter((path) => covers(path, written) || covers(written, path))
  return { ...state, changed: after.filter((path) => hit.includes(path) || state.changed.includes(path)) }
}

/** Between the end of an attempt by timeout(1) and its death. */
const KILL_AFTER_SECONDS = 2

/**
 * Asks until the answer is as wanted, then keeps what the files were before. The header fields go to the program by its
 * standard input, which no list of processes shows.
 */
export function askUri(question: UriQuestion, { seconds, retries, delaySeconds }: Patience): Script {
  const { url, method, headers, status, contains = '', caFile = '', after } = question
  const { scheme, host, port, field, target } = urlParts(url)!
  const stamp = stampOf(question)
  const words = [scheme, host, port, field, method, target, status.join(','), contains, caFile]
  return lines([
    keepDirectory(ABOVE, { owner: 'root', group: 'root', mode: '0755' }),
    raw('[ $? = 0 ] || exit'),
    keepDirectory(STAMPS, { owner: 'root', group: 'root', mode: '0700' }),
    raw('[ $? = 0 ] || exit'),
    sh`rm -f -- ${stamp} && {
${fileStates(after)}
printf '%s\0' ${STAMP_ENDS}
} > ${`${stamp}.new`} || exit
ask() {
  printf '%s\0' ${words} ${Object.entries(headers).flat()} |
    timeout -k ${KILL_AFTER_SECONDS} ${seconds} perl -e ${ASK_PROGRAM} ${MOST_LINE} ${MOST_HEAD} ${MOST_BODY}
}
tried=0
until said=$(ask 2>&1); do
  case $? in
  124 | 137) said=${`no answer within ${seconds} s`};;
  esac
  tried=$((tried + 1))
  if [ "$tried" -gt ${retries} ]; then
    printf '%s\n' "$said" >&2
    rm -f -- ${`${stamp}.new`}
    exit 1
  fi
  sleep ${delaySeconds}
done
printf '%s\n' "$said"
mv -fT -- ${`${stamp}.new`} ${stamp}`,
  ])
}

/** Until all attempts have failed. */
export const mostSeconds = ({ seconds, retries, delaySeconds }: Patience): number =>
  Math.ceil((retries + 1) * (seconds + KILL_AFTER_SECONDS) + retries * delaySeconds)
