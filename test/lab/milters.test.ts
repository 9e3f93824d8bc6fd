// Whom a real Postfix asks is whom the reader of its milters names: settings made by chance within the grammar, by a
// seed (MAILRUN_MILTERS_SEED, MAILRUN_MILTERS_ROUNDS). Has a lab of its own.
import { suite } from '../suite.ts'
import { nameLab } from './own-lab.ts'
import { milterRounds } from './postfix-rounds.ts'

nameLab('milters')
const lab = await import('../../lab/index.ts')
const test = suite('lab: milters of Postfix')

test.before(() => lab.labUp({ size: 1, tools: false, wire: undefined }))
test.after(() => lab.labDown())

const SEED = Number(process.env['MAILRUN_MILTERS_SEED'] ?? '20261130')
const ROUNDS = Number(process.env['MAILRUN_MILTERS_ROUNDS'] ?? '2')
test(`whom a real Postfix asks is whom the reader names: ${ROUNDS} times 19 lists, seed ${SEED}`, () =>
  milterRounds('mx1', SEED, ROUNDS))

test.run()
