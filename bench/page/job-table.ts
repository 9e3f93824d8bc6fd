// Writes one job of a benchmark as a table: each contender at each size, its time, and the ratio to others.
import type { Bench } from '../bench.ts'
import { median, type Measured, type Results } from '../results.ts'
import { shown } from './number.ts'

export function jobTable(bench: Bench, results: Results, job: string): string {
  const all = results.measured.filter((each) => each.job === job)
  const main = all[0]!.unit
  const further = [...new Set(all.map(({ unit }) => unit))].filter((unit) => unit !== main)
  const find = (at: number, who: string, unit: string): number | undefined => {
    const found = all.find((each) => each.at === at && each.who === who && each.unit === unit)
    return found === undefined ? undefined : median(found.values)
  }
  const against = bench.against.filter(
    (who) => all.some((each) => each.who === who) && new Set(all.map((each) => each.who)).size > 1,
  )
  const ratio = (of: Measured, who: string): string => {
    const other = find(of.at, who, main)
    return other === undefined || other === 0 ? '' : shown(median(of.values) / other)
  }
  const heads = [
    ...(bench.at === '' ? [] : [bench.at]),
    '',
    main,
    'least',
    'most',
    'turns',
    ...against.map((who) => `÷ ${who}`),
    ...further,
  ]
  const rows = all
    .filter(({ unit }) => unit === main)
    .map((each) => [
      ...(bench.at === '' ? [] : [String(each.at)]),
      each.who,
      `**${shown(median(each.values))}**`,
      shown(Math.min(...each.values)),
      shown(Math.max(...each.values)),
      String(each.values.length),
      ...against.map((who) => ratio(each, who)),
      ...further.map((unit) => find(each.at, each.who, unit)).map((value) => (value === undefined ? '' : shown(value))),
    ])
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}
