// Parses the output of a trip while it arrives: frames, progress lines, answers. A frame is a line that begins with the
// random mark of the trip.
import { utf8, type Answer } from '../../core/probe/answer.ts'
import { FRAME_BYTES } from '../../core/bounds.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { OUTPUT_CAP_BYTES } from './progress.ts'
import { PROGRESS_CAP_BYTES } from './trip-steps.ts'

export type Frame =
  | { readonly kind: 'waiting' | 'locked'; readonly holder: Untrusted }
  | { readonly kind: 'broken'; readonly why: Untrusted }
  | { readonly kind: 'last'; readonly mark: Untrusted }
  /** What comes is no trip's: nothing after it is read. */
  | { readonly kind: 'garbled'; readonly why: string }
  | { readonly kind: 'begun' | 'stopped' | 'stale' | 'hung' }
  | { readonly kind: 'start'; readonly step: number }
  | { readonly kind: 'progress'; readonly step: number; readonly line: Untrusted }
  | { readonly kind: 'done'; readonly step: number; readonly code: number; readonly output: Untrusted }
  | { readonly kind: 'ask'; readonly question: number }
  | { readonly kind: 'answered'; readonly question: number; readonly code: number; readonly stdout: Untrusted }

export interface TripReader {
  /** Takes the next bytes of stdout. */
  feed(chunk: Untrusted<Buffer>): void
}

/** What the text after a mark is: `start` is what a step prints while it runs, `output` all that is kept of it. */
type SectionKind = 'none' | 'start' | 'output' | 'ask'

interface Section {
  readonly kind: SectionKind
  readonly index: number
  /** Its text, in pieces as it came. */
  readonly pieces: string[]
  length: number
  /** Of a step that runs: the line that has no end yet. */
  open: string
}

const section = (kind: SectionKind, index: number): Section => ({ kind, index, pieces: [], length: 0, open: '' })

/**
 * Every mark is `\\nMARK what …\\n`: the newlines on both sides are the frame's, so output is reported exactly, with or
 * without a last newline.
 */
export function tripReader(mark: string, onFrame: (frame: Frame) => void): TripReader {
  const opening = `\n${mark} `
  let now = section('none', -1)
  /** The beginning of a mark, or what may be one. */
  let rest = ''
  let isGarbled = false

  const takeText = (text: Untrusted): void => {
    if (text === '') return
    now.pieces.push(text)
    now.length += text.length
    if (now.kind === 'start') tellProgress(now, text, onFrame)
  }
  const takeMark = (line: Untrusted): void => {
    if (now.kind === 'start') endProgress(now, onFrame)
    const read = readMark(line, () => now.pieces.join(''))
    if (read === undefined) return
    if (read.frame) onFrame(read.frame)
    now = section(read.next, read.index)
  }
  return {
    feed(chunk) {
      if (isGarbled) return
      const text = rest + chunk.toString('latin1')
      let from = 0
      for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, from)) {
        takeText(text.slice(from, at))
        const end = text.indexOf('\n', at + opening.length)
        isGarbled = (end < 0 ? text.length : end) - at > FRAME_BYTES
        if (isGarbled) return onFrame({ kind: 'garbled', why: `a line has no end within ${FRAME_BYTES} bytes` })
        rest = text.slice(at)
        if (end < 0) return
        takeMark(text.slice(at + opening.length, end))
        from = end + 1
      }
      // What may be the beginning of a mark is kept back.
      const last = text.lastIndexOf('\n')
      const cut = last >= from && opening.startsWith(text.slice(last)) ? last : text.length
      takeText(text.slice(from, cut))
      rest = text.slice(cut)
    },
  }
}

/** Tells each line that ends in this piece of a step's output. */
function tellProgress(step: Section, piece: Untrusted, onFrame: (frame: Frame) => void): void {
  if (step.length > PROGRESS_CAP_BYTES) return
  const [first = '', ...lines] = piece.split('\n')
  step.open += first
  for (const line of lines) {
    tellLine(step, onFrame)
    step.open = line
  }
}

/** Nothing more of it comes. A line that was cut may end in a part of a secret, which no mask knows. */
function endProgress(step: Section, onFrame: (frame: Frame) => void): void {
  if (step.length < PROGRESS_CAP_BYTES) tellLine(step, onFrame)
  step.open = ''
}

function tellLine({ index, open }: Section, onFrame: (frame: Frame) => void): void {
  const line = lastState(utf8(open))
  if (line.trim() !== '') onFrame({ kind: 'progress', step: index, line })
}

/** What a terminal would show of the line in the end. */
function lastState(line: Untrusted): Untrusted {
  const whole = line.endsWith('\r') ? line.slice(0, -1) : line
  return whole.slice(whole.lastIndexOf('\r') + 1)
}

/** The same lines of a step that has ended, of whose output nothing was sent while it ran. */
export const progressLines = (output: Untrusted): readonly Untrusted[] =>
  output
    .slice(0, PROGRESS_CAP_BYTES)
    .split('\n')
    // A line that was cut may end in a part of a secret, which no mask knows.
    .slice(0, output.length > PROGRESS_CAP_BYTES ? -1 : undefined)
    .map(lastState)
    .filter((line) => line.trim() !== '')

interface ReadMark {
  readonly frame: Frame | undefined
  /** What comes after it, and of which step or question. */
  readonly next: SectionKind
  readonly index: number
}

/**
 * What the line of a mark says; `undefined` where it is none that a trip writes.
 *
 * @param body - what came since the mark before.
 */
function readMark(line: Untrusted, body: () => Untrusted): ReadMark | undefined {
  const [what = '', ...words] = line.split(' ')
  const index = Number(words[0])
  const then = (next: SectionKind, frame?: Frame): ReadMark => ({ frame, next, index })
  switch (what) {
    case 'waiting':
    case 'locked':
      return then('none', { kind: what, holder: utf8(words.join(' ')) })
    case 'broken':
      return then('none', { kind: 'broken', why: utf8(words.join(' ')) })
    case 'last':
      return then('none', { kind: 'last', mark: words.join(' ') })
    case 'begun':
    case 'stopped':
    case 'stale':
    case 'hung':
      return then('none', { kind: what })
    case 'start':
      return then('start', { kind: 'start', step: index })
    case 'output':
      return then('output')
    case 'done':
      return then('none', { kind: 'done', step: index, code: Number(words[1]), output: utf8(wholeLines(body())) })
    case 'ask':
      return then('ask', { kind: 'ask', question: index })
    case 'answered':
      return then('none', { kind: 'answered', question: index, code: Number(words[1]), stdout: body() })
    default:
      return undefined
  }
}

/**
 * Without the rest of a line whose beginning was cut away: it may begin in the middle of a secret, which no mask knows.
 */
function wholeLines(body: Untrusted): Untrusted {
  if (body.length < OUTPUT_CAP_BYTES) return body
  const end = body.indexOf('\n')
  return end < 0 ? '' : body.slice(end + 1)
}

/** Of what stands on stderr after the last answer, so much is reported. */
const REST_CHARACTERS = 500

/**
 * Takes stderr apart: what each question wrote there, by its number, and `rest`, which no question has: the reason why
 * one was not answered.
 */
export function stderrByQuestion(
  mark: string,
  stderr: Untrusted<Buffer>,
): { readonly byQuestion: ReadonlyMap<number, Untrusted>; readonly rest: Untrusted } {
  const parts = new Map<number, Untrusted>()
  const text = stderr.toString('latin1')
  const begin = `\n${mark} begin\n`
  const begun = text.indexOf(begin)
  let from = begun < 0 ? 0 : begun + begin.length
  const opening = `\n${mark} answered `
  for (let at = text.indexOf(opening, from); at >= 0; at = text.indexOf(opening, from)) {
    const end = text.indexOf('\n', at + opening.length)
    if (end < 0) break
    parts.set(Number(text.slice(at + opening.length, end)), text.slice(from, at))
    from = end + 1
  }
  const end = text.indexOf(`\n${mark} end\n`, from)
  const rest = text.slice(from, end < 0 ? undefined : end)
  return { byQuestion: parts, rest: utf8(rest).trim().slice(0, REST_CHARACTERS) }
}

export const answerOf = (
  frame: { readonly code: number; readonly stdout: Untrusted },
  stderr: Untrusted | undefined,
): Answer => ({
  code: frame.code,
  stdout: frame.stdout,
  stderr: stderr ?? '',
})
