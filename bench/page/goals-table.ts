// The goals as a table, for the page and for the end of a run.
import { goals, verdict, type Goal } from './goals.ts'
import { shown } from './number.ts'
import type { AllResults } from '../results.ts'

const measuredText = ({ measured, unit, at }: Goal): string => {
  const words = [...measured].map(([where, value]) => `${shown(value)}${measured.size > 1 ? ` (${where} ${at})` : ''}`)
  return words.length === 0 ? '' : `${words.join(', ')} ${unit}`
}

export function goalsTable(all: AllResults): string {
  const rows = goals(all).map((goal) => `| ${goal.what} | ${goal.wanted} | ${measuredText(goal)} | ${verdict(goal) === 'missed' ? '**missed**' : verdict(goal)} |`)
  return `| goal | wanted | measured | |\n|---|---|---|---|\n${rows.join('\n')}\n`
}
