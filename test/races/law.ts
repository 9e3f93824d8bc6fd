// The law that no attacker among the users of a host leads root astray: each case is raced, as the texts are now and as
// they were in 0.1.0.
import * as assert from 'uvu/assert'
import type { Connection } from '../../src/engine/session/connection.ts'
import { mixed } from '../fuzz/random.ts'
import { suite } from '../suite.ts'
import { formerTexts, textsIn, type FormerText } from './former.ts'
import { HERE, productIn } from './product.ts'
import { raceCases, type RaceCase } from './race-case.ts'
import { connect, layCase, layRaces, race, type Tally } from './races.ts'
import { textsOf } from './texts.ts'

type Lab = typeof import('../../lab/index.ts')

/** Rounds of each text. */
export interface RaceRounds {
  readonly step: number
  readonly question: number
  /** Of the former text of either. */
  readonly former: number
  /** Whose former texts are raced. */
  readonly isFormer: (each: FormerText) => boolean
  /** `each`: each of these loses; `together`: they do, taken together. */
  readonly formerLose: 'each' | 'together'
}

/** What a text of kind B lost of its rounds in 0.1.0, at least: 20 of 200. */
const LOST = 0.1
/** None takes two seconds by itself; the machine may be busy. */
const SECONDS = 20
/** Of former texts, which do hang. */
const FORMER_SECONDS = 5

export async function raceLaw(name: string, rounds: RaceRounds, lab: Lab): Promise<void> {
  const seed = Number(process.env['MAILRUN_RACES_SEED'] ?? '20270301')
  const test = suite(`${name}, seed ${seed}`)
  const product = await productIn(HERE)
  const all = raceCases(product.tasks)
  const cases = all.filter(({ title }) => title.includes(process.env['MAILRUN_RACES_CASES'] ?? ''))
  const program = product.files?.FILES_PROGRAM
  let connection: Connection

  test.before(async () => {
    await lab.labUp({ size: 1, tools: false, wire: undefined })
    await layRaces(lab)
    connection = await connect(lab, product)
  })
  test.after(async () => {
    connection.close()
    await lab.labDown()
  })

  for (const raced of cases) {
    test(`${raced.title}: who owns the directory wins nothing`, async () => {
      await layCase(lab, raced)
      const texts = await textsOf(raced, product, connection)
      const own = mixed(seed, raced.title, 0) % 1_000_000
      const step = { rounds: rounds.step, seed: own, seconds: SECONDS }
      assertHeld(await race(lab, raced, 'step', { texts: texts.steps, program }, step))
      const question = { ...step, rounds: rounds.question }
      assertHeld(await race(lab, raced, 'question', { texts: texts.questions, program }, question))
    })
  }

  const isRaced = ({ case: title }: FormerText): boolean => cases.includes(caseOf(all, title))
  const former = formerTexts().filter((each) => each.lost >= LOST && rounds.isFormer(each) && isRaced(each))
  const formerTally = async (each: FormerText): Promise<Tally> => {
    const raced = caseOf(cases, each.case)
    await layCase(lab, raced)
    const how = { rounds: rounds.former, seed: mixed(seed, each.case, 1) % 1_000_000, seconds: FORMER_SECONDS }
    return race(lab, raced, each.what, { texts: textsIn(each), program: undefined }, how)
  }
  if (rounds.formerLose === 'each') {
    for (const each of former) {
      test(`${each.case}: 0.1.0 lost by its ${each.what}`, async () => {
        const { lost } = await formerTally(each)
        assert.ok(lost >= LOST * rounds.former, `${lost} of ${rounds.former}`)
      })
    }
  } else {
    test('0.1.0 lost: the attacker is awake', async () => {
      let lost = 0
      for (const each of former) lost += (await formerTally(each)).lost
      assert.ok(former.length > 0 && lost >= LOST * rounds.former * former.length, `${lost} of ${former.length} texts`)
    })
  }
  test.run()
}

function assertHeld({ lost, how, rounds }: Tally): void {
  assert.is(lost, 0, `${lost} of ${rounds} rounds: number, plan, exit status, what he won:\n${how.join('\n')}`)
}

/** @throws Error where the examples have changed: record again. */
function caseOf(cases: readonly RaceCase[], title: string): RaceCase {
  const raced = cases.find((each) => each.title === title)
  if (raced === undefined) throw new Error(`there is no example ${title} any more: see test/races/record.ts`)
  return raced
}
