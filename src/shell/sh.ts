// The template tag that builds shell text: every value put into it becomes one safe word.
import { quote } from './quote.ts'
import type { Script } from './script.ts'
import { Secret, STARS } from './secret.ts'
import type { Untrusted } from './untrusted.ts'

/**
 * What may stand in `${…}`: words are quoted, lists become several words, scripts are spliced in, secrets are quoted
 * and shown as stars.
 */
export type ShellValue = string | number | Script | Secret<string> | readonly (string | number | Secret<string>)[]

/**
 * Builds a {@link Script}. Backslashes stand for themselves (raw strings).
 *
 * @example sh`install -d -m ${mode} -- ${path}` // path may hold anything
 */
export function sh(strings: TemplateStringsArray, ...values: readonly ShellValue[]): Script {
  let text = strings.raw[0] ?? ''
  let shown = text
  const secrets = new Set<string>()
  values.forEach((value, index) => {
    const piece = render(value)
    const literal = strings.raw[index + 1] ?? ''
    text += piece.text + literal
    shown += piece.shown + literal
    for (const secret of piece.secrets) secrets.add(secret)
  })
  return { text, shown, secrets: [...secrets] }
}

function render(value: ShellValue): Script {
  if (typeof value === 'number') return plain(String(value))
  if (typeof value === 'string') return plain(quote(value))
  if (value instanceof Secret) return { text: quote(value.reveal()), shown: `'${STARS}'`, secrets: [value.reveal()] }
  if (isScript(value)) return value
  const pieces = value.map(render)
  return {
    text: pieces.map((piece) => piece.text).join(' '),
    shown: pieces.map((piece) => piece.shown).join(' '),
    secrets: pieces.flatMap((piece) => piece.secrets),
  }
}

const plain = (text: Untrusted): Script => ({ text, shown: text, secrets: [] })

const isScript = (value: object): value is Script => 'text' in value && 'shown' in value
