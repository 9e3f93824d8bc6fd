// Benchmark: the time of a start, for Node alone, for commands of mailrun and Ansible, and for a run on this machine.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import type { Bench, Outcome } from '../bench.ts'
import { benchLab } from '../bench-lab.ts'
import { ANSIBLE_CONFIG, ANSIBLE_PACKAGES } from '../contenders/ansible.ts'
import { MAIN, ROOT } from '../root.ts'
import { timed } from '../timed.ts'
import { peerVersions } from '../versions.ts'

const HOSTS = 20
/** The one job of this bench. */
export const START = 'start'
export const NODE = '`node -e 0`'
export const VERSION = '`mailrun --version`'
export const LIST_TASKS = '`mailrun --list-tasks`'

const ABOUT = [
  '`node -e 0` is the floor for everything that runs in Node. ' +
    `\`--list-tasks\` reads \`playbooks/dkim.ts\` and an inventory of ${HOSTS} hosts; ` +
    'the run on one local host has one task, a file that needs no change.',
  'MB are the memory of the largest process.',
].join('\n')

export const startup: Bench = {
  name: 'startup',
  title: 'Start-up',
  at: '',
  against: [NODE],
  about: ABOUT,
  plots: [],
  async run({ quick }): Promise<Outcome> {
    const lab = await benchLab()
    await lab.labPrograms({ ...ANSIBLE_PACKAGES, time: '/usr/bin/time' })
    const folder = mkdtempSync(join(tmpdir(), 'mailrun-bench-'))
    try {
      writeSources(folder)
      const at = (name: string): string => join(folder, name)
      const mailrun = [process.execPath, MAIN]
      const ansible = ['/usr/bin/ansible-playbook']
      const commands: Readonly<Record<string, readonly string[]>> = {
        [NODE]: [process.execPath, '-e', '0'],
        [VERSION]: [...mailrun, '--version'],
        [LIST_TASKS]: [...mailrun, join(ROOT, 'playbooks/dkim.ts'), '-i', at('fleet.yaml'), '--list-tasks'],
        'mailrun on one local host': [...mailrun, at('local.ts'), '-i', at('local.yaml')],
        '`ansible-playbook --version`': [...ansible, '--version'],
        '`ansible-playbook --list-tasks`': [
          ...ansible,
          join(ROOT, 'bench/peers/dkim.yaml'),
          '-i',
          at('fleet.yaml'),
          '--list-tasks',
        ],
        'Ansible on one local host': [...ansible, at('local-playbook.yaml'), '-i', at('local.yaml')],
      }
      const env = { ANSIBLE_CONFIG, ANSIBLE_HOME: at('ansible'), ANSIBLE_LOCAL_TEMP: at('ansible/tmp') }
      const contenders = Object.entries(commands).map(([who, words]) => ({
        who,
        turns: 1,
        async run() {
          const { seconds, cpuSeconds, megabytes } = await timed({ words, cwd: folder, env, wanted: [0] })
          return { ms: seconds * 1000, 'CPU ms': cpuSeconds * 1000, MB: megabytes }
        },
      }))
      // Once before it counts: compiled forms are kept.
      for (const { run } of contenders) await run()
      const measured = await alternate(START, 0, contenders, { rounds: quick ? 1 : 15, seconds: 50 })
      return { versions: await peerVersions(), measured }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function writeSources(folder: string): void {
  const hosts = Array.from(
    { length: HOSTS },
    (_, index) => `    mx${index + 1}: { ansible_host: 192.0.2.${index + 1}, ansible_user: root }\n`,
  )
  writeFileSync(
    join(folder, 'fleet.yaml'),
    `mail:\n  hosts:\n${hosts.join('')}  vars:\n    domains: [fleet.test, example.test]\n`,
  )
  writeFileSync(
    join(folder, 'local.yaml'),
    'all:\n  hosts:\n    here: { ansible_connection: local, ansible_python_interpreter: /usr/bin/python3 }\n',
  )
  mkdirSync(join(folder, 'ansible/tmp'), { recursive: true })
  writeFileSync(join(folder, 'greeting'), 'hello\n', { mode: 0o644 })
  const path = JSON.stringify(join(folder, 'greeting'))
  writeFileSync(join(folder, 'local.ts'), localPlaybook(path))
  writeFileSync(join(folder, 'local-playbook.yaml'), ansiblePlaybook(path))
}

const localPlaybook = (path: string): string => `import { playbook, v } from 'mailrun'
import { file } from 'mailrun/tasks'

export default playbook({
  name: 'local',
  hosts: 'all',
  vars: v.object({}),
  tasks: () => [file({ path: ${path}, content: 'hello\\n', mode: '0644' })],
})
`

const ansiblePlaybook = (path: string): string => `- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.copy: { dest: ${path}, content: "hello\\n", mode: "0644" }
`
