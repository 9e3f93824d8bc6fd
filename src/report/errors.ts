// The error of a command that could not start or was broken off, as text, and in the formats that have a place for it.
import type { Printable } from './write/checked.ts'
import { jsonDocument, jsonLine } from './write/json.ts'
import { asLines, saidInLines, term, type TerminalText } from './write/terminal.ts'

/** By format: a reader of it finds the error where the report would be. Beside all others the words are reported. */
const IN_FORMATS: Readonly<Record<string, (error: string) => Printable>> = {
  json: (error) => jsonDocument({ error }),
  ndjson: (error) => jsonLine({ kind: 'error', error }),
}

export const hasErrors = (format: string): boolean => Object.hasOwn(IN_FORMATS, format)

/** `undefined`: the format has no place for it. */
export const errorIn = (format: string, error: string): Printable | undefined =>
  hasErrors(format) ? IN_FORMATS[format]!(error) : undefined

/** @param messages - each begins a line; line feeds within one are text of others */
export const problemText = (messages: readonly string[]): TerminalText =>
  term`mailrun: ${asLines(messages.map((each) => saidInLines(each)))}`

/** @param stack - of the error, its message first */
export const bugText = (stack: string): TerminalText =>
  term`mailrun: this is a bug in mailrun, please report it:\n${saidInLines(stack)}\n`
