// Makes text of unknown origin safe to print: no terminal escape, no faked line, no turned reading direction gets
// through.

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
/** Colours and cursor movements that programs print even into a pipe: they mean nothing here. */
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()][A-Z0-9])/g

/**
 * Keeps line feeds; a tab becomes two spaces; escape sequences are dropped, any other control character is spelled out.
 */
export const harmless = (text: string): string =>
  text
    .replace(/\r\n/g, '\n')
    .replace(ESCAPES, '')
    .replace(/\t/g, '  ')
    .replace(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)

/** For where one line is wanted: progress rewritten by carriage returns counts as its last state. */
export function harmlessLine(text: string): string {
  const last = text.replace(/\r+$/, '').split('\r').at(-1)!
  return harmless(last).replace(/\n/g, ' ')
}
