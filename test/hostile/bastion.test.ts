// Two hundred rounds of a hostile bastion: `npm run test:hostile`.
import { hostileBastionRounds } from '../hostile-bastion-rounds.ts'

hostileBastionRounds(200)
