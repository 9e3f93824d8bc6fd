// A run of a playbook on its fleet.
import { carryOut, type Outcome } from './carry-out.ts'
import { prepareRun, type RunRequest } from './prepare-run.ts'

/** @throws MailrunError before any host is touched: playbook, inventory or vars are wrong */
export const run = async (request: RunRequest): Promise<Outcome> => carryOut(await prepareRun(request), request)
