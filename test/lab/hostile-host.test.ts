// A host that was taken over answers as it likes: eight rounds; `npm run test:hostile` does two hundred.
import { hostileRounds } from '../hostile-rounds.ts'
import { nameLab } from './own-lab.ts'

nameLab('hostile')
hostileRounds(8, await import('../../lab/index.ts'))
