// Reads a trip's output as it comes: frames, progress lines, answers.
import type { Answer } from '../model/answer.ts'
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

type Section = {
  readonly kind: 'none' | 'start' | 'output' | 'ask'
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

  const progress = (final: boolean): void => {
    if (section.kind !== 'start') return
    let from = section.shownTo
    for (let at = section.body.indexOf('\n', from); at >= 0; at = section.body.indexOf('\n', from)) {
      emitLine(section.body.slice(from, at))
      from = at + 1
    }
    // A line that was cut may end in a part of a secret, which no mask knows.
    if (final && from < section.body.length && section.body.length < PROGRESS_CAP_BYTES)
      emitLine(section.body.slice(from))
    section.shownTo = from
  }
  const emitLine = (latin1: string): void => {
    const line = Buffer.from(latin1, 'latin1').toString('utf8').replace(/\r$/, '').replace(/^.*\r/, '')
    if (line.trim() !== '') onFrame({ kind: 'progress', step: section.index, line })
  }

  const takeMark = (line: string): void => {
    const [what = '', ...words] = line.split(' ')
    const index = Number(words[0])
    progress(true)
    const body = section.body
    const next = (kind: Section['kind']): void => {
      section = { kind, index, body: '', shownTo: 0 }
    }
    switch (what) {
      case 'waiting':
      case 'locked':
        onFrame({ kind: what, holder: Buffer.from(words.join(' '), 'latin1').toString('utf8') })
        return next('none')
      case 'broken':
        onFrame({ kind: 'broken', why: Buffer.from(words.join(' '), 'latin1').toString('utf8') })
        return next('none')
      case 'last':
        onFrame({ kind: 'last', mark: words.join(' ') })
        return next('none')
      case 'begun':
      case 'stopped':
      case 'stale':
      case 'hung':
        onFrame({ kind: what })
        return next('none')
      case 'start':
        onFrame({ kind: 'start', step: index })
        return next('start')
      case 'output':
        return next('output')
      case 'done':
        onFrame({
          kind: 'done',
          step: index,
          code: Number(words[1]),
          output: Buffer.from(wholeLines(body), 'latin1').toString('utf8'),
        })
        return next('none')
      case 'ask':
        onFrame({ kind: 'ask', question: index })
        return next('ask')
      case 'answered':
        onFrame({ kind: 'answered', question: index, code: Number(words[1]), stdout: body })
        return next('none')
    }
  }

  return {
    feed(chunk) {
      rest += chunk.toString('latin1')
      for (let at = rest.indexOf(opening); at >= 0; at = rest.indexOf(opening)) {
        section.body += rest.slice(0, at)
        rest = rest.slice(at)
        const lineEnd = rest.indexOf('\n', opening.length)
        if (lineEnd < 0) return progress(false)
        const line = rest.slice(opening.length, lineEnd)
        rest = rest.slice(lineEnd + 1)
        takeMark(line)
      }
      // What may be the beginning of a mark is kept back.
      const lastLine = rest.lastIndexOf('\n')
      const cut = lastLine >= 0 && opening.startsWith(rest.slice(lastLine)) ? lastLine : rest.length
      section.body += rest.slice(0, cut)
      rest = rest.slice(cut)
      progress(false)
    },
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
