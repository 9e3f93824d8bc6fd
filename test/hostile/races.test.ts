// Two hundred rounds of each race: `npm run test:hostile`. Has a lab of its own.
import { nameLab } from '../lab/own-lab.ts'
import { raceLaw } from '../races/law.ts'

nameLab('races200')
await raceLaw(
  'races',
  { step: 200, question: 200, former: 200, isFormer: () => true, formerLose: 'each' },
  await import('../../lab/index.ts'),
)
