// Records the texts of an earlier version, and how often each lost: `node dist/test/races/record.js DIST ROUNDS
// [words]`, with the build of its commit in DIST (2f0d081 is 0.1.0). Cases whose titles hold none of the words stay.
import { writeFileSync } from 'node:fs'
import { nameLab } from '../lab/own-lab.ts'
import { FORMER, formerTexts, type FormerText } from './former.ts'
import { productIn } from './product.ts'
import { raceCases } from './race-case.ts'
import { connect, layCase, layRaces, race } from './races.ts'
import { textsOf } from './texts.ts'

nameLab('racesrecord')
const lab = await import('../../lab/index.ts')
const [dist = '', rounds = '40', ...words] = process.argv.slice(2)
const product = await productIn(dist)
await lab.labUp({ size: 1, tools: false, wire: undefined })
await layRaces(lab)
const connection = await connect(lab, product)
const isMeant = (title: string): boolean => words.length === 0 || words.some((word) => title.includes(word))
const recorded: FormerText[] = formerTexts().filter((each) => !isMeant(each.case))
for (const raced of raceCases(product.tasks).filter(({ title }) => isMeant(title))) {
  await layCase(lab, raced)
  const texts = await textsOf(raced, product, connection)
  for (const [what, list] of [['step', texts.steps] as const, ['question', texts.questions] as const]) {
    const how = { rounds: Number(rounds), seed: 1, seconds: 5 }
    const { lost } = await race(lab, raced, what, { texts: list, program: undefined }, how)
    console.log(`${lost} of ${rounds}: ${what}, ${raced.title}`)
    const named = Object.fromEntries(list.map((text, index) => [`text${index}`, text]))
    recorded.push({ case: raced.title, what, lost: lost / Number(rounds), ...named })
  }
}
recorded.sort((a, b) => (`${a.case} ${b.what}` < `${b.case} ${a.what}` ? -1 : 1))
writeFileSync(FORMER, `${JSON.stringify(recorded, null, 2)}\n`)
connection.close()
await lab.labDown()
