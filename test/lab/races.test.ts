// A user of a host, or the daemon that parses strangers' mail, races what root does in his directory: a sample of
// `npm run test:hostile`. Has a lab of its own.
import type { FormerText } from '../races/former.ts'
import { raceLaw } from '../races/law.ts'
import { nameLab } from './own-lab.ts'

nameLab('races')
/** One of each task is enough to see that the attacker is awake. */
const seen = new Set<string>()
const isFirst = ({ case: title, what }: FormerText): boolean => {
  const task = `${title.split(':')[0]} ${what}`
  return !seen.has(task) && seen.add(task) === seen
}
await raceLaw(
  'lab: races',
  { step: 10, question: 3, former: 6, isFormer: isFirst, formerLose: 'together' },
  await import('../../lab/index.ts'),
)
