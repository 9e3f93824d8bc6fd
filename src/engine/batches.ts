// Divides the hosts of a run into batches, as Ansible's `serial` does.
import type { BatchSize } from './run-options.ts'

/**
 * The sizes one after another, the last one repeated; no sizes: one batch. A percentage is of all, rounded down, at
 * least one.
 */
export function batches<T>(all: readonly T[], serial: readonly BatchSize[]): readonly (readonly T[])[] {
  if (serial.length === 0) return [all]
  const parts: T[][] = []
  let from = 0
  for (let index = 0; from < all.length; index += 1) {
    const size = serial[Math.min(index, serial.length - 1)]!
    const count = Math.max(1, 'count' in size ? size.count : Math.floor((all.length * size.percent) / 100))
    parts.push(all.slice(from, from + count))
    from += count
  }
  return parts
}
