// Parses a flag of a benchmark whose value is a whole number.

/** Ends the process with 1 where it is another text. */
export function whole(flag: string, text: string | undefined): number | undefined {
  if (text === undefined || /^\d+$/.test(text)) return text === undefined ? undefined : Number(text)
  console.error(`--${flag} wants a whole number, got ${text}`)
  process.exit(1)
}
