// Prints the error of a command that could not start, or was interrupted.
import { errorIn, hasErrors, problemText } from '../../report/errors.ts'
import { stderr, stdout } from './output.ts'

let byProject: string | undefined

/** The format that the project's defaults name, where no flag names one: from here on errors are reported in it. */
export function useFormat(format: string): void {
  byProject = format
}

/** @param meant - by the flags. */
export const formatInUse = (meant: string): string => byProject ?? meant

/**
 * Where the format has a place for it, on standard output: a reader of the format finds it there.
 *
 * @param messages - each begins a line; line feeds within one are text of others
 */
export function tellCouldNotStart(messages: readonly string[], format: string): void {
  const error = errorIn(formatInUse(format), messages.join('\n'))
  if (error === undefined) stderr.write(problemText(messages))
  else stdout.write(error)
}

/** For errors that come before the command line is read: the format that was meant, if it has a place for them. */
export function formatMeant(words: readonly string[]): string {
  const end = words.indexOf('--')
  const flags = end === -1 ? words : words.slice(0, end)
  const at = flags.findLastIndex((word) => word === '--format' || word.startsWith('--format='))
  const value = flags[at] === '--format' ? flags[at + 1] : flags[at]?.slice('--format='.length)
  return value !== undefined && hasErrors(value) ? value : 'text'
}
