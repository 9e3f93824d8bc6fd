// Reads dumps of bytes as xxd, hexdump and od write them: lines with an address, hexadecimal numbers and characters.
import { joined, type Span } from './spans.ts'
import type { Untrusted } from './untrusted.ts'

/** A line of a dump; its column of characters shows the same bytes. */
export interface DumpLine {
  readonly start: number
  readonly hexEnd: number
  readonly end: number
}

/**
 * `00000010: 6875 6e74  hunt` of xxd, `00000010  68 75  |hu|` of hexdump -C, `0000020 68 75  >hu<` of od -t x1z, which
 * leaves the address out with `-A n`.
 */
const DUMP_LINE = /^(?:[0-9A-Fa-f]{6,16}(:?))?[ \t]+(?=[0-9A-Fa-f]{2})/
/** Begins the characters, and is none of the bytes before them. */
const COLUMN = { bar: /[|>]/, blanks: / {2}/ } as const

/** The text with nothing but the bytes in lines of dumps; `undefined` where there are none. */
export function dumpOf(text: Untrusted): { readonly hex: string; readonly lines: readonly DumpLine[] } | undefined {
  const lines: DumpLine[] = []
  let hex = ''
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf('\n', start)
    const end = feed < 0 ? text.length : feed
    const line = text.slice(start, end)
    const address = DUMP_LINE.exec(line)
    if (address === null) hex += `${line}\n`
    else {
      const [before, colon] = address
      const column = line.slice(before.length).search(colon === ':' ? COLUMN.blanks : COLUMN.bar)
      const hexEnd = column < 0 ? line.length : before.length + column
      hex += ' '.repeat(before.length) + line.slice(before.length, hexEnd) + ' '.repeat(line.length - hexEnd) + '\n'
      lines.push({ start, hexEnd: start + hexEnd, end })
    }
    start = end + 1
  }
  return lines.length === 0 ? undefined : { hex, lines }
}

/** With the characters beside the bytes that were found. Both are in order. */
export function withColumns(spans: readonly Span[], lines: readonly DumpLine[]): readonly Span[] {
  const columns: Span[] = []
  let next = 0
  for (const { start, end } of joined(spans)) {
    while (next < lines.length && lines[next]!.end <= start) next += 1
    for (; next < lines.length && lines[next]!.start < end; next += 1) {
      const line = lines[next]!
      if (line.hexEnd < line.end) columns.push({ start: line.hexEnd, end: line.end })
      if (line.end > end) break
    }
  }
  return [...spans, ...columns]
}
