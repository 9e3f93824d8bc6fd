// Two hundred rounds of a taken host: `npm run test:hostile`. Has a lab of its own.
import { hostileRounds } from '../hostile-rounds.ts'
import { nameLab } from '../lab/own-lab.ts'

nameLab('hostile200')
hostileRounds(200, await import('../../lab/index.ts'))
