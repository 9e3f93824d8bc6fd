// Hosts that others set up, all of them, in a small internet: `npm run test:brownfield`, for a release
// `npm run test:brownfield -- --release=trixie`. MAILRUN_BROWNFIELD="seed debops" takes those alone. Has a lab of its
// own.
import * as assert from 'uvu/assert'
import { nameLab } from '../lab/own-lab.ts'
import { suite } from '../suite.ts'
import { afterwards } from './afterwards.ts'
import { openBench } from './bench.ts'
import { SMALL_CASES } from './cases.ts'
import { PROFILES } from './profiles.ts'
import { table, type Row } from './table.ts'
import { trial, type Bench } from './trial.ts'

nameLab('brownfield')
const lab = await import('../../lab/index.ts')
const test = suite('hosts that others set up')

const only = process.env['MAILRUN_BROWNFIELD']?.split(/\s+/)
const wanted = ({ name }: { readonly name: string }): boolean => only === undefined || only.includes(name)

let bench: Bench & { close(): void }
const rows: Row[] = []

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, internet: true, wire: undefined })
  bench = await openBench(lab, true)
})
test.after(async () => {
  console.log(table(rows))
  bench.close()
  await lab.labDown()
})

for (const profile of PROFILES.filter(wanted)) {
  test(`${profile.name}: ${profile.about}`, async () => {
    if (profile.refusedByHand) {
      const tried = await trial(bench, profile, 'hand')
      rows.push({ tried })
      assert.equal([tried.outcome, tried.faults], ['refused', []])
    }
    const tried = await trial(bench, profile, 'adopt')
    const then = await afterwards(bench, tried)
    rows.push({ tried, then })
    assert.equal([...tried.faults, ...then.faults], [], tried.why)
    assert.is(tried.outcome, profile.refused ? 'refused' : 'kept', tried.why)
  })
}
for (const profile of SMALL_CASES.filter(wanted)) {
  test(`case ${profile.name}: ${profile.about}`, async () => {
    const tried = await trial(bench, profile, 'adopt')
    rows.push({ tried })
    assert.equal(tried.faults, [], tried.why)
  })
}

test.run()
