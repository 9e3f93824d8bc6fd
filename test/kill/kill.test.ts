// Fifty kills of the controller: `npm run test:kill`. Has a lab of its own.
import { killRounds } from '../kill-rounds.ts'

process.env['MAILRUN_LAB_NAME'] = 'kill'
killRounds(50, await import('../../lab/index.ts'))
