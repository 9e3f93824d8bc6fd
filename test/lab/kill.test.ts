// Eight kills of the controller; `npm run test:kill` does fifty. Has a lab of its own.
import { killRounds } from '../kill-rounds.ts'

process.env['MAILRUN_LAB_NAME'] = 'kill'
killRounds(8, await import('../../lab/index.ts'))
