// Hosts that others set up by public guides: a run keeps all of their mail signed by the keys in use, at every moment,
// or refuses and changes nothing. Three of them, by a seed (MAILRUN_BROWNFIELD_SEED); all: `npm run test:brownfield`.
// Has a lab of its own.
import * as assert from 'uvu/assert'
import { openBench } from '../brownfield/bench.ts'
import { PROFILES } from '../brownfield/profiles.ts'
import { trial, type Bench } from '../brownfield/trial.ts'
import { randomOf } from '../fuzz/random.ts'
import { suite } from '../suite.ts'
import { nameLab } from './own-lab.ts'

nameLab('brownfield')
const lab = await import('../../lab/index.ts')
const test = suite('lab: hosts set up by public guides')

const seed = Number(process.env['MAILRUN_BROWNFIELD_SEED'] ?? 1)

let bench: Bench & { close(): void }
test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  bench = await openBench(lab, false)
})
test.after(async () => {
  bench.close()
  await lab.labDown()
})

const chosen = randomOf(seed)
const left = [...PROFILES]
for (const profile of [1, 2, 3].map(() => left.splice(chosen.below(left.length), 1)[0]!)) {
  const what = `${profile.name} (${profile.about})`
  test(`${what}: its mail is signed as before at every moment, or nothing is changed`, async () => {
    const { faults, outcome, why, sent } = await trial(bench, profile, 'adopt')
    assert.equal(faults, [], why)
    console.log(`  ${profile.name}: ${outcome}, ${sent} messages${why === '' ? '' : `; ${why}`}`)
  })
}

test.run()
