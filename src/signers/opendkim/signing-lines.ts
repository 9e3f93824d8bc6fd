// Every line by which OpenDKIM can sign.
import type { Doubts } from './sources.ts'
import { domainLines } from './domain-lines.ts'
import type { Lines } from './signing-line.ts'
import type { Way } from './signatures.ts'
import { tableLines } from './table-lines.ts'

export function linesOfWay(way: Way, doubts: Doubts): Lines {
  if (way.kind === 'nobody') return { signing: [], idle: [] }
  return way.kind === 'tables' ? tableLines(way, doubts) : domainLines(way, doubts)
}
