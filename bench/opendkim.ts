// Tries random configurations of OpenDKIM: mailrun's reader must say of each what a real daemon does. It ends with
// status 1 if they differ: `npm run bench opendkim -- [--seed N] [--cases N] [--case N] [--release NAME]`.
import { parseArgs } from 'node:util'
import { mixed, randomOf } from '../test/fuzz/random.ts'
import { configurationOf } from '../test/signers/generate.ts'
import { whole } from './whole.ts'

const CASES = 1000
const AT_ONCE = 100

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    cases: { type: 'string' },
    case: { type: 'string' },
    release: { type: 'string' },
  },
})
const seed = whole('seed', values.seed) ?? Math.floor(Math.random() * 2 ** 31)
const only = whole('case', values.case)
const cases = whole('cases', values.cases) ?? CASES
const wanted = only === undefined ? Array.from({ length: cases }, (_, index) => index) : [only]

process.env['MAILRUN_LAB_NAME'] = 'bench-opendkim'
if (values.release !== undefined) process.env['MAILRUN_LAB_RELEASE'] = values.release
const lab = await import('../lab/index.ts')
const { daemonsOf, differenceOf, installOpendkim, readerOf } = await import('../test/signers/oracle.ts')

await lab.labUp({ size: 1, tools: false, wire: undefined })
await installOpendkim(lab, 'mx1')
console.log(`seed ${seed}`)
const began = performance.now()
const count = { signed: 0, unsigned: 0, fails: 0, refused: 0, unknown: 0, different: 0 }
for (let from = 0; from < wanted.length; from += AT_ONCE) await compare(wanted.slice(from, from + AT_ONCE))
await lab.labDown()
const reported = Object.entries(count).map(([what, number]) => `${number} ${what}`)
const seconds = ((performance.now() - began) / 1000).toFixed(0)
console.log(`${wanted.length} configurations in ${seconds} s: ${reported.join(', ')} (refused, unknown and different of
configurations, the others of messages)`)
process.exit(count.different > 0 ? 1 : 0)

async function compare(indices: readonly number[]): Promise<void> {
  const made = indices.map((index) => configurationOf(randomOf(mixed(seed, 'opendkim', index))))
  const daemons = await daemonsOf(lab, 'mx1', made)
  for (const [at, configuration] of made.entries()) {
    const [reader, daemon] = [readerOf(configuration), daemons[at]!]
    const difference = differenceOf(configuration, reader, daemon)
    if (difference !== '') console.log(`case ${indices[at]}\n${difference}\n`)
    count.different += difference === '' ? 0 : 1
    count.unknown += reader.senders.some((each) => each.startsWith('unknown')) ? 1 : 0
    count.refused += daemon.refused === '' ? 0 : 1
    if (daemon.refused !== '') continue
    for (const each of daemon.senders)
      count[each === 'fails' ? 'fails' : each === 'signed ' ? 'unsigned' : 'signed'] += 1
  }
}
