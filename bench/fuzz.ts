// Fuzz tests for everything that parses text of others. It tries at least 100,000 cases, and ends with status 1 if one
// fails: `npm run bench fuzz -- [--seed N] [--cases N] [--target WORDS] [--case N]`.
import { parseArgs } from 'node:util'
import { fuzz } from '../test/fuzz/run.ts'
import { TARGETS } from '../test/fuzz/targets.ts'
import { whole } from './whole.ts'

const CASES = 100_000

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    cases: { type: 'string' },
    target: { type: 'string' },
    case: { type: 'string' },
  },
})
const seed = whole('seed', values.seed) ?? Math.floor(Math.random() * 2 ** 31)
const only = whole('case', values.case)
const chosen = TARGETS.map(({ name }) => name).filter(
  (name) => values.target === undefined || name.includes(values.target),
)
if (chosen.length === 0) {
  console.error(`no target is called like that; there are\n${TARGETS.map(({ name }) => `  ${name}`).join('\n')}`)
  process.exit(1)
}
// Slow targets make fewer, so that the others make more.
const shares = TARGETS.filter(({ name }) => chosen.includes(name)).reduce((sum, { slow = 1 }) => sum + 1 / slow, 0)
const cases = Math.ceil((whole('cases', values.cases) ?? CASES) / shares)

console.log(`seed ${seed}\n${'cases'.padStart(8)} ${'seconds'.padStart(8)}  target`)
const results = await fuzz({ seed, cases, only }, chosen, ({ target, cases: made, seconds, failures }) => {
  const failedHere = failures.length > 0 ? `: ${failures.length} FAILED` : ''
  console.log(`${String(made).padStart(8)} ${seconds.toFixed(1).padStart(8)}  ${target}${failedHere}`)
  for (const failure of failures) console.log(failure.replace(/^/gm, '    '))
})
const failed = results.flatMap(({ failures }) => failures).length
const casesMade = results.reduce((sum, { cases: made }) => sum + made, 0)
const secondsTaken = results.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1)
const hint = failed > 0 ? '; see one again: npm run bench fuzz -- --seed N --target NAME --case N' : ''
console.log(`${casesMade} cases in ${secondsTaken} s, ${failed} failed${hint}`)
process.exit(failed > 0 ? 1 : 0)
