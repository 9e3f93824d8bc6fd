// mailrun itself, on playbooks/dkim.ts.
import type { Contender } from '../alternate.ts'
import { MAILRUN } from '../bench.ts'
import { ROOT } from '../root.ts'
import type { RunDocument } from '../../src/report/json.ts'
import { anotherAddress, contender, type Fleet, type Job } from './job.ts'

/** What each host must say of itself. */
const STATUS: Readonly<Record<Job, string>> = { 'first run': 'changed', 'one changed file': 'changed', 'nothing to do': 'ok', check: 'ok' }

export function mailrun({ lab, passwordFile }: Fleet, job: Job, turns: number): Contender {
  const words = [process.execPath, 'dist/src/cli/main.js', 'playbooks/dkim.ts', '-i', lab.inventoryPath, '--become-password-file', passwordFile, '--forks', String(lab.size), '--format', 'json']
  const further = (): readonly string[] => (job === 'check' ? ['--check'] : job === 'one changed file' ? ['-e', JSON.stringify({ trusted_hosts: [anotherAddress()] })] : [])
  return contender(MAILRUN, turns, () => ({ words: [...words, ...further()], cwd: ROOT, env: {}, wanted: 0 }), (stdout) => {
    const { hosts } = JSON.parse(stdout) as RunDocument
    const wrong = hosts.filter(({ status }) => status !== STATUS[job])
    if (hosts.length !== lab.size || wrong.length > 0) throw new Error(`${job} by mailrun: of ${hosts.length} hosts ${wrong.map(({ name, status }) => `${name} is ${status}`).join(', ')}; wanted is ${STATUS[job]}`)
  })
}

/** Brings the fleet to the state on which nothing is to do, whoever changed it last. */
export async function settle(fleet: Fleet): Promise<void> {
  // What counts is the end: exit status 0 says that all is satisfied.
  const { run } = contender(MAILRUN, 1, () => ({ words: [process.execPath, 'dist/src/cli/main.js', 'playbooks/dkim.ts', '-i', fleet.lab.inventoryPath, '--become-password-file', fleet.passwordFile], cwd: ROOT, env: {}, wanted: 0 }), () => {})
  await run()
}
