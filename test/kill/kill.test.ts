// Fifty kills of the controller: `npm run test:kill`. Has a lab of its own.
import { killRounds } from '../kill-rounds.ts'
import { nameLab } from '../lab/own-lab.ts'

nameLab('kill')
killRounds(50, await import('../../lab/index.ts'))
