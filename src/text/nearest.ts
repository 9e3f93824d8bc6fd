// Finds the most similar name to a mistyped one.

/**
 * The nearest word at a Damerau-Levenshtein distance of at most 2 (1 for short words), or one that differs by case and
 * separators only.
 */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[-_. ]/g, '')
  const limit = word.length <= 4 ? 1 : 2
  let best: string | undefined
  let least = limit + 1
  for (const each of words) {
    if (each === word) continue
    const isSame = plain(each) === plain(word)
    if (!isSame && Math.abs(each.length - word.length) > limit) continue
    const far = isSame ? 0 : distance(word, each)
    if (far < least) [best, least] = [each, far]
  }
  return best
}

/** With swaps of neighbours as one step. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + same)
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (i > 1 && j > 1 && isSwap) least = Math.min(least, rows[i - 2]![j - 2]! + 1)
      row.push(least)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
