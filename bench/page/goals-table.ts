// Writes the goals of the benchmarks as a table, for the page and for the end of a run.
import { goals, verdict, type Goal } from './goals.ts'
import { shown } from './number.ts'
import type { AllResults } from '../results.ts'

const valuesText = ({ unit, at }: Goal, values: ReadonlyMap<number, number>): string => {
  const place = (where: number): string => (where === 1 ? at.replace(/s$/, '') : at)
  const words = [...values].map(
    ([where, value]) => `${shown(value)}${values.size > 1 ? ` (${where} ${place(where)})` : ''}`,
  )
  return words.length === 0 ? '' : `${words.join(', ')} ${unit}`
}

export function goalsTable(all: AllResults): string {
  const rows = goals(all).map(
    (goal) =>
      `| ${goal.what} | ${goal.wanted} | ${valuesText(goal, goal.measured)} | ${[...(goal.floors ?? [])]
        .map(([floor, values]) => (values.size === 0 ? '' : `${floor}: ${valuesText(goal, values)}`))
        .filter((each) => each !== '')
        .join('; ')} | ${verdict(goal) === 'missed' ? '**missed**' : verdict(goal)} |`,
  )
  return `| goal | wanted | measured | a floor that runs no checks | |\n|---|---|---|---|---|\n${rows.join('\n')}\n`
}
