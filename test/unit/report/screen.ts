// A screen that keeps what is printed on it.
import type { Screen, Stream } from '../../../src/report/screen.ts'
import { colours } from '../../../src/report/write/colour.ts'

/** What `tell` prints: the report, and what is said beside it. @param part - of what the report is printed on. */
export function printed(
  tell: (screen: Screen) => void,
  part: Partial<Stream> = {},
): { readonly out: string; readonly notes: string } {
  const texts = { out: '', notes: '' }
  const to = (which: keyof typeof texts): Stream => ({
    isTerminal: false,
    canRedraw: false,
    columns: 80,
    rows: 24,
    paint: colours(false),
    write: (text) => void (texts[which] += text),
  })
  tell({ out: { ...to('out'), ...part }, notes: { ...to('notes'), ...part } })
  return texts
}
