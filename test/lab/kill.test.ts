// Eight kills of the controller; `npm run test:kill` does fifty. Has a lab of its own.
import { killRounds } from '../kill-rounds.ts'
import { nameLab } from './own-lab.ts'

nameLab('kill')
killRounds(8, await import('../../lab/index.ts'))
