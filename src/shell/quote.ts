// Quotes one word for a POSIX shell.
import type { Untrusted } from './untrusted.ts'

/** A value cannot become safe shell text. */
class ShellTextError extends Error {
  override readonly name = 'ShellTextError'
}

/**
 * The text in single quotes, so that a POSIX shell takes it as one literal word, whatever it holds:
 * quotes, spaces, `$(…)`, newlines, a leading dash (put `--` before it where a command reads options).
 *
 * @throws ShellTextError for a NUL character, which no shell word can hold.
 * @example quote("it's") // 'it'\''s'
 */
export function quote(word: Untrusted): string {
  if (word.includes('\0')) throw new ShellTextError('a shell word cannot hold a NUL character')
  return /^[A-Za-z0-9_/.,:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
