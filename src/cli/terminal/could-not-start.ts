// How an error is told that kept the run from starting, or broke it.
import { jsonDocument, jsonLine } from '../../report/json-text.ts'
import { asLines, saidInLines, term, type TerminalText } from '../../report/write/terminal.ts'
import type { Format } from '../flags/fleet-flags.ts'
import { stderr, stdout } from './output.ts'

/**
 * As JSON: `{ error }` on standard output, so that a reader of the format finds its one document.
 *
 * @param messages - each begins a line; line feeds within one are text of others
 */
export function tellCouldNotStart(messages: readonly string[], format: Format): void {
  const error = messages.join('\n')
  if (format === 'json') stdout.write(jsonDocument({ error }))
  else if (format === 'ndjson') stdout.write(jsonLine({ kind: 'error', error }))
  else stderr.write(problemText(messages))
}

export const problemText = (messages: readonly string[]): TerminalText =>
  term`mailrun: ${asLines(messages.map((each) => saidInLines(each)))}`

/** @param stack - of the error, its message first */
export const bugText = (stack: string): TerminalText =>
  term`mailrun: this is a bug in mailrun, please report it:\n${saidInLines(stack)}\n`

/** The format that was meant, for errors that come before the command line is read. */
export function formatMeant(words: readonly string[]): Format {
  const end = words.indexOf('--')
  const flags = end === -1 ? words : words.slice(0, end)
  const at = flags.findLastIndex((word) => word === '--format' || word.startsWith('--format='))
  const value = flags[at] === '--format' ? flags[at + 1] : flags[at]?.slice('--format='.length)
  return value === 'json' || value === 'ndjson' ? value : 'text'
}
