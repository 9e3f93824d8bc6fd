// Reads what sudo, su, doas and the login shell print before the shell is ready: line by line, as it arrives.
import { BECOME_BYTES, BECOME_LINE_CHARACTERS } from '../../core/bounds.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import type { Dialogue } from './become.ts'

/** What a chunk comes to; the first that applies. */
export type BecomeEvent =
  | { readonly kind: 'ready' | 'ended' | 'too-much' | 'other-question' }
  /** `whose`: the user's name, where the method says it. */
  | { readonly kind: 'question'; readonly whose: string | undefined }
  /** `tail`: the line that has no end yet; empty where it is only ours. */
  | { readonly kind: 'nothing'; readonly tail: string }

export interface BecomeWords {
  feed(chunk: Untrusted<Buffer>): BecomeEvent
  /** What is asked from here on is asked again. */
  answered(): void
  /** Whether the method was begun. */
  readonly begun: boolean
  /** All that was said, up to the bound. */
  text(): Untrusted
}

export function becomeWords(dialogue: Pick<Dialogue, 'begin' | 'ready' | 'end' | 'question'>): BecomeWords {
  const decoder = new TextDecoder()
  const pieces: string[] = []
  let bytes = 0
  let begun = false
  /** The line that has no end yet. */
  let line = ''

  /** What stands in the line behind the mark of the beginning. */
  const fresh = (): string => {
    if (begun) return line
    const at = line.indexOf(dialogue.begin)
    if (at < 0) return ''
    begun = true
    return (line = line.slice(at + dialogue.begin.length))
  }
  const grow = (piece: string): void => void (line = (line + piece).slice(-BECOME_LINE_CHARACTERS))

  return {
    feed(chunk) {
      bytes += chunk.length
      if (bytes > BECOME_BYTES) return { kind: 'too-much' }
      const piece = decoder.decode(chunk, { stream: true })
      pieces.push(piece)
      const lines = piece.split('\n')
      const last = lines.pop()!
      let question: BecomeEvent | undefined
      let ended = false
      for (const each of lines) {
        grow(each)
        const whole = line.endsWith('\r') ? line.slice(0, -1) : line
        if (whole.endsWith(dialogue.ready)) return { kind: 'ready' }
        ended ||= whole.endsWith(dialogue.end)
        question = ownQuestion(fresh(), dialogue.question) ?? question
        line = ''
      }
      grow(last)
      if (ended) return { kind: 'ended' }
      const open = fresh()
      const own = ownQuestion(open, dialogue.question) ?? question
      if (own !== undefined) return own
      const tail = open.trim()
      return begun
        ? (foreignQuestion(tail) ?? { kind: 'nothing', tail: plainTail(tail) })
        : { kind: 'nothing', tail: '' }
    },
    answered() {
      line = ''
    },
    get begun() {
      return begun
    },
    text: () => pieces.join(''),
  }
}

const SHOWN_CHARACTERS = 200

const plainTail = (tail: string): string => (tail.includes('mailrun-') ? '' : tail.slice(-SHOWN_CHARACTERS))

/** sudo's question in our words: `QUESTION-USER:`. */
function ownQuestion(line: Untrusted, question: string): BecomeEvent | undefined {
  const asked = line.lastIndexOf(question)
  if (asked < 0) return undefined
  const rest = line.slice(asked + question.length)
  const end = rest.indexOf(':')
  return rest.startsWith('-') && end > 0 ? { kind: 'question', whose: rest.slice(1, end) } : undefined
}

/** As PAM has it in English; `LC_ALL=C` is set. */
const NEW_PASSWORD = /\b(?:current|new|old|retype)\b/i
const CODE = /code|token|passcode|otp/i
const PASSWORD = /password|passphrase/i

/** @param tail - of the line that has no end yet, without blanks around it. */
function foreignQuestion(tail: Untrusted): BecomeEvent | undefined {
  const mark = tail.at(-1)
  if (mark !== ':' && mark !== '?') return undefined
  const before = tail.slice(0, -1)
  // What is asked stands behind the last of these.
  const segment = before.slice(Math.max(before.lastIndexOf(':'), before.lastIndexOf('?')) + 1)
  if (CODE.test(segment) || asksAnew(before, segment)) return { kind: 'other-question' }
  const colon = before.slice(before.lastIndexOf(':') + 1)
  return mark === ':' && PASSWORD.test(colon) ? { kind: 'question', whose: undefined } : undefined
}

/** For another password than the login's: `New password:`, `Type the password again:`. */
function asksAnew(before: Untrusted, segment: Untrusted): boolean {
  const words = before.toLowerCase()
  const start = before.length - segment.length
  const last = words.lastIndexOf('password')
  const again = words.lastIndexOf('again')
  const isNew = last >= start && NEW_PASSWORD.test(words.slice(0, last))
  const isAgain = again >= start && words.slice(0, again).includes('password')
  return isNew || isAgain
}
