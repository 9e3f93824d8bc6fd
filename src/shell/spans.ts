// Places in a text that a mask has found.

/** Of a text, from the first character up to the one after the last. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** In order; those that overlap, or stand side by side, as one. */
export function joined(spans: readonly Span[]): readonly Span[] {
  const made: Span[] = []
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = made.at(-1)
    if (last !== undefined && span.start <= last.end)
      made[made.length - 1] = { start: last.start, end: Math.max(last.end, span.end) }
    else made.push(span)
  }
  return made
}
