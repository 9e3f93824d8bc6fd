// Reads a trip's output as it comes: frames, progress lines, answers.
import { utf8, type Answer } from '../model/answer.ts'
import { OUTPUT_CAP_BYTES } from './progress.ts'
import { PROGRESS_CAP_BYTES } from './trip.ts'

export type Frame =
  | { readonly kind: 'waiting' | 'locked'; readonly holder: string }
  | { readonly kind: 'broken'; readonly why: string }
  | { readonly kind: 'last'; readonly mark: string }
  | { readonly kind: 'begun' | 'stopped' | 'stale' | 'hung' }
  | { readonly kind: 'start'; readonly step: number }
  | { readonly kind: 'progress'; readonly step: number; readonly line: string }
  | { readonly kind: 'done'; readonly step: number; readonly code: number; readonly output: string }
  | { readonly kind: 'ask'; readonly question: number }
  | { readonly kind: 'answered'; readonly question: number; readonly code: number; readonly stdout: string }

export interface TripReader {
  /** Takes the next bytes of stdout. */
  feed(chunk: Buffer): void
}

/** What the text after a mark is: `start` is what a step prints while it runs, `output` all that is kept of it. */
type SectionKind = 'none' | 'start' | 'output' | 'ask'

interface Section {
  readonly kind: SectionKind
  readonly index: number
  body: string
  shownTo: number
}

/**
 * Every mark is `\\nMARK what …\\n`: the newlines on both sides are the frame's, so output is told exactly, with or
 * without a last newline.
 */
export function tripReader(mark: string, onFrame: (frame: Frame) => void): TripReader {
  const opening = `\n${mark} `
  let section: Section = { kind: 'none', index: -1, body: '', shownTo: 0 }
  let rest = ''

  const takeMark = (line: string): void => {
    tellProgress(section, true, onFrame)
    const read = readMark(line, section.body)
    if (read === undefined) return
    if (read.frame) onFrame(read.frame)
    section = { kind: read.next, index: read.index, body: '', shownTo: 0 }
  }

  return {
    feed(chunk) {
      rest += chunk.toString('latin1')
      for (let at = rest.indexOf(opening); at >= 0; at = rest.indexOf(opening)) {
        section.body += rest.slice(0, at)
        rest = rest.slice(at)
        const lineEnd = rest.indexOf('\n', opening.length)
        if (lineEnd < 0) return tellProgress(section, false, onFrame)
        const line = rest.slice(opening.length, lineEnd)
        rest = rest.slice(lineEnd + 1)
        takeMark(line)
      }
      // What may be the beginning of a mark is kept back.
      const lastLine = rest.lastIndexOf('\n')
      const cut = lastLine >= 0 && opening.startsWith(rest.slice(lastLine)) ? lastLine : rest.length
      section.body += rest.slice(0, cut)
      rest = rest.slice(cut)
      tellProgress(section, false, onFrame)
    },
  }
}

/** Tells each line of a step's output that has not been told yet. @param final - nothing more of it comes. */
function tellProgress(section: Section, final: boolean, onFrame: (frame: Frame) => void): void {
  if (section.kind !== 'start') return
  const { index, body } = section
  const tellLine = (latin1: string): void => {
    const line = utf8(latin1).replace(/\r$/, '').replace(/^.*\r/, '')
    if (line.trim() !== '') onFrame({ kind: 'progress', step: index, line })
  }
  let from = section.shownTo
  for (let at = body.indexOf('\n', from); at >= 0; at = body.indexOf('\n', from)) {
    tellLine(body.slice(from, at))
    from = at + 1
  }
  // A line that was cut may end in a part of a secret, which no mask knows.
  if (final && from < body.length && body.length < PROGRESS_CAP_BYTES) tellLine(body.slice(from))
  section.shownTo = from
}

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
function readMark(line: string, body: string): ReadMark | undefined {
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
      return then('none', { kind: 'done', step: index, code: Number(words[1]), output: utf8(wholeLines(body)) })
    case 'ask':
      return then('ask', { kind: 'ask', question: index })
    case 'answered':
      return then('none', { kind: 'answered', question: index, code: Number(words[1]), stdout: body })
    default:
      return undefined
  }
}

/**
 * Without the rest of a line whose beginning was cut away: it may begin in the middle of a secret, which no mask knows.
 */
function wholeLines(body: string): string {
  if (body.length < OUTPUT_CAP_BYTES) return body
  const end = body.indexOf('\n')
  return end < 0 ? '' : body.slice(end + 1)
}

/** Takes stderr apart: what each question wrote there, by its number. */
export function stderrByQuestion(mark: string, stderr: Buffer): ReadonlyMap<number, string> {
  const parts = new Map<number, string>()
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
  return parts
}

export const answerOf = (
  frame: { readonly code: number; readonly stdout: string },
  stderr: string | undefined,
): Answer => ({
  code: frame.code,
  stdout: frame.stdout,
  stderr: stderr ?? '',
})
