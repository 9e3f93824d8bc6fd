// A bastion that does as it likes, one round of each way; `npm run test:hostile` does two hundred.
import { BASTION_BEHAVIOURS } from '../../hostile-bastion.ts'
import { hostileBastionRounds } from '../../hostile-bastion-rounds.ts'

hostileBastionRounds(BASTION_BEHAVIOURS.length)
