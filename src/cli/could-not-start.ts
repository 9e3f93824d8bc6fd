// How an error is told that kept the run from starting, or broke it.
import { harmless } from '../report/harmless.ts'
import { jsonDocument, jsonLine } from '../report/json-text.ts'
import type { Format } from './options.ts'
import { stderr, stdout } from './output.ts'

/** As JSON: `{ error }` on standard output, so that a reader of the format finds its one document. */
export function tellCouldNotStart(message: string, format: Format): void {
  if (format === 'json') stdout.write(jsonDocument({ error: message }))
  else if (format === 'ndjson') stdout.write(jsonLine({ kind: 'error', error: message }))
  else stderr.write(`mailrun: ${harmless(message)}\n`)
}

/** The format that was meant, for errors that come before the command line is read. */
export function formatMeant(words: readonly string[]): Format {
  const end = words.indexOf('--')
  const flags = end === -1 ? words : words.slice(0, end)
  const at = flags.findLastIndex((word) => word === '--format' || word.startsWith('--format='))
  const value = flags[at] === '--format' ? flags[at + 1] : flags[at]?.slice('--format='.length)
  return value === 'json' || value === 'ndjson' ? value : 'text'
}
