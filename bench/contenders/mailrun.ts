// The contender mailrun.
import type { Contender } from '../alternate.ts'
import { MAILRUN, warm } from '../bench.ts'
import { MAIN, ROOT } from '../root.ts'
import { timed } from '../timed.ts'
import type { RunDocument } from '../../src/report/run/json.ts'
import { anotherAddress, contender, type Fleet, type Job } from './job.ts'

/** What each host must say of itself. */
const STATUS: Readonly<Record<Job, string>> = {
  'first run': 'changed',
  'one changed file': 'changed',
  'nothing to do': 'ok',
  check: 'ok',
}

const wordsOf = ({ lab, passwordFile, playbooks }: Fleet): readonly string[] => [
  process.execPath,
  MAIN,
  playbooks.mailrun,
  '-i',
  lab.inventoryPath,
  '--become-password-file',
  passwordFile,
  '--forks',
  String(lab.size),
  '--format',
  'json',
]

/** @param masters - the ssh_config of master connections that stand; left out: none is used. */
export function mailrun(fleet: Fleet, job: Job, turns: number, masters?: string): Contender {
  const { lab } = fleet
  const over = masters === undefined ? [] : ['--ssh-config', masters]
  const further = (): readonly string[] =>
    job === 'check'
      ? ['--check']
      : job === 'one changed file'
        ? ['-e', JSON.stringify({ trusted_hosts: [anotherAddress()] })]
        : []
  return contender(
    masters === undefined ? MAILRUN : warm(MAILRUN),
    fleet,
    turns,
    () => ({ words: [...wordsOf(fleet), ...over, ...further()], cwd: ROOT, env: {}, wanted: [0] }),
    (stdout) => {
      const { hosts } = JSON.parse(stdout) as RunDocument
      const wrong = hosts.filter(({ status }) => status !== STATUS[job])
      if (hosts.length === lab.size && wrong.length === 0) return
      const said = wrong.map(({ name, status }) => `${name} is ${status}`).join(', ')
      throw new Error(`${job} by mailrun: of ${hosts.length} hosts ${said}; wanted is ${STATUS[job]}`)
    },
  )
}

/** Brings the fleet to the state on which nothing is to do, whoever changed it last. */
export async function settle(fleet: Fleet): Promise<void> {
  await timed(fleet.controller.there({ words: wordsOf(fleet), cwd: ROOT, env: {}, wanted: [0] }))
}

/**
 * Whoever else made a first run did the whole job: nothing is left.
 *
 * @throws Error with the tasks that are not satisfied
 */
export async function expectDone(fleet: Fleet): Promise<void> {
  const check = { words: [...wordsOf(fleet), '--check'], cwd: ROOT, env: {}, wanted: [0, 2] }
  const { stdout } = await timed(fleet.controller.there(check))
  // That Postfix was reloaded by others is not to be seen: systemd forgets it, and mailrun would do it again.
  const open = (JSON.parse(stdout) as RunDocument).hosts.flatMap(({ name, tasks }) =>
    tasks
      .filter((task) => task.status !== 'ok' && !(task.type === 'service' && task.name === 'postfix'))
      .map((task) => `${name}: ${task.type} ${task.name}: ${task.changes.join(', ')}`),
  )
  if (open.length > 0) throw new Error(`after a first run by another, mailrun would still change\n${open.join('\n')}`)
}
