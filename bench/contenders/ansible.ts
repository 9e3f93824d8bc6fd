// The contender Ansible, from Debian 13, alone and with Mitogen. It has the settings that make it fast.
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Contender } from '../alternate.ts'
import { ANSIBLE, MITOGEN } from '../bench.ts'
import { ROOT } from '../root.ts'
import { timed } from '../timed.ts'
import { anotherAddress, contender, type Fleet, type Job } from './job.ts'

/** This one, and none of this machine's. */
export const ANSIBLE_CONFIG = join(ROOT, 'bench/peers/ansible.cfg')

/** Sockets of master connections. A socket's path may have some hundred characters. */
const socketsOf = ({ folder }: Fleet): string => join(folder, 'cp')

/** As many forks as hosts. */
function environment(fleet: Fleet, who: string): Readonly<Record<string, string>> {
  mkdirSync(socketsOf(fleet), { recursive: true, mode: 0o700 })
  return {
    ANSIBLE_CONFIG,
    ANSIBLE_HOME: join(fleet.folder, 'ansible'),
    ANSIBLE_LOCAL_TEMP: join(fleet.folder, 'ansible/tmp'),
    ANSIBLE_FORKS: String(fleet.lab.size),
    ANSIBLE_SSH_CONTROL_PATH_DIR: socketsOf(fleet),
    ANSIBLE_NOCOLOR: '1',
    ...(who === MITOGEN
      ? {
          ANSIBLE_STRATEGY: 'mitogen_linear',
          ANSIBLE_STRATEGY_PLUGINS: '/usr/lib/python3/dist-packages/ansible_mitogen/plugins/strategy',
          MITOGEN_POOL_SIZE: String(Math.max(16, fleet.lab.size)),
        }
      : {}),
  }
}

export function ansible(who: typeof ANSIBLE | typeof MITOGEN, fleet: Fleet, job: Job, turns: number): Contender {
  const { lab, passwordFile, playbooks } = fleet
  const changes = job === 'first run' || job === 'one changed file'
  const words = [
    '/usr/bin/ansible-playbook',
    playbooks.ansible,
    '-i',
    lab.inventoryPath,
    '--become-password-file',
    passwordFile,
    '-e',
    'ansible_python_interpreter=/usr/bin/python3',
  ]
  const further = (): readonly string[] =>
    job === 'check'
      ? ['--check']
      : job === 'one changed file'
        ? ['-e', JSON.stringify({ trusted_hosts: [anotherAddress()] })]
        : []
  return contender(
    who,
    fleet,
    turns,
    () => ({ words: [...words, ...further()], cwd: ROOT, env: environment(fleet, who), wanted: [0] }),
    (stdout) => {
      const recap = [...stdout.matchAll(/^(\S+) +: ok=\d+ +changed=(\d+) /gm)]
      const wrong = recap.filter(([, , changed]) => Number(changed) > 0 !== changes)
      if (recap.length !== lab.size || wrong.length > 0)
        throw new Error(
          `${job} by ${who}: ${wrong.length} of ${recap.length} hosts say otherwise\n${stdout.slice(-3000)}`,
        )
    },
  )
}

/** As Ansible's users have it: the master connections stand, by a run that does next to nothing. */
export async function warmUp(fleet: Fleet): Promise<void> {
  const words = [
    '/usr/bin/ansible',
    'mail',
    '-m',
    'ping',
    '-i',
    fleet.lab.inventoryPath,
    '--become-password-file',
    fleet.passwordFile,
    '-e',
    'ansible_python_interpreter=/usr/bin/python3',
  ]
  await timed(fleet.controller.there({ words, cwd: ROOT, env: environment(fleet, ANSIBLE), wanted: [0] }))
}

/** Ends the master connections: those to hosts that were made again would be dead, and none shall outlive the bench. */
export async function endMasters(fleet: Fleet): Promise<void> {
  const folder = socketsOf(fleet)
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const words = [
      'sh',
      '-c',
      'ssh -F /dev/null -o ControlPath="$0" -O exit host 2>&1 || rm -f -- "$0"',
      join(folder, name),
    ]
    await timed(fleet.controller.there({ words, cwd: '/', env: {}, wanted: [0] }))
  }
}
