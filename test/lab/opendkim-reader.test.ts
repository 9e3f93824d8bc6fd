// What mailrun reads in OpenDKIM's configuration, against what real daemons sign by it: the configurations that people
// have, and some made by chance within the grammar. Has a lab of its own.
import * as assert from 'uvu/assert'
import { mixed, randomOf } from '../fuzz/random.ts'
import { suite } from '../suite.ts'
import { configurationOf } from '../signers/generate.ts'
import { caseConfiguration, CASES } from '../signers/cases.ts'
import { daemonsOf, differenceOf, installOpendkim, readerOf } from '../signers/oracle.ts'
import { nameLab } from './own-lab.ts'

nameLab('opendkim-reader')
const lab = await import('../../lab/index.ts')
const test = suite('lab: reader of OpenDKIM')

const SEED = Number(process.env['MAILRUN_READER_SEED'] ?? 20_376)
const COUNT = 60

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  await installOpendkim(lab, 'mx1')
})
test.after(() => lab.labDown())

test('reader and daemon say of the cases what they say', async () => {
  const senders = [...new Set(CASES.flatMap(({ signed }) => Object.keys(signed)))]
  const made = CASES.map(caseConfiguration)
  const daemons = await daemonsOf(lab, 'mx1', made, senders)
  for (const [index, { name, signed }] of CASES.entries()) {
    for (const [sender, wanted] of Object.entries(signed)) {
      const is = daemons[index]!.senders[senders.indexOf(sender)]
      assert.is(is, `signed ${wanted.map((each) => each.join(' ')).join('/')}`, `${name}: ${sender}`)
    }
    assert.is(differenceOf(made[index]!, readerOf(made[index]!, senders), daemons[index]!, senders), '', name)
  }
})

test(`the reader says of ${COUNT} configurations by chance what the daemon does`, async () => {
  const made = Array.from({ length: COUNT }, (_, index) => configurationOf(randomOf(mixed(SEED, 'opendkim', index))))
  const daemons = await daemonsOf(lab, 'mx1', made)
  const differences = made.flatMap((each, index) => differenceOf(each, readerOf(each), daemons[index]!) || [])
  assert.is(differences.length, 0, `MAILRUN_READER_SEED=${SEED}\n${differences.slice(0, 3).join('\n\n')}`)
  const signed = daemons.flatMap(({ senders }) => senders).filter((each) => /^signed ./.test(each))
  assert.ok(signed.length > COUNT, `${signed.length} messages were signed`)
})

test.run()
