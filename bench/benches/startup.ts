// Benchmark: the time of a start, for Node alone, for commands of mailrun and Ansible, and for a run on this machine.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import type { Bench, Outcome } from '../bench.ts'
import { onFleet } from '../bench-lab.ts'
import { ANSIBLE_CONFIG } from '../contenders/ansible.ts'
import { MAIN, ROOT } from '../root.ts'
import { timed } from '../timed.ts'
import { peerVersions } from '../versions.ts'

const HOSTS = 20
/** The one job of this bench. */
export const START = 'start'
export const NODE = '`node -e 0`'
export const VERSION = '`mailrun --version`'
export const LIST_TASKS = '`mailrun --list-tasks`'
export const LOCAL = 'mailrun on one local host'

const ABOUT = [
  'On the same controller of Debian 13. `node -e 0` is the floor for everything that runs in Node. ' +
    `\`--list-tasks\` reads \`playbooks/dkim.ts\` and an inventory of ${HOSTS} hosts; ` +
    'the run on one local host has one task, a file that needs no change.',
  'About a quarter of the processor time of the run on Node 20 is the start of Node itself, and a third is V8, which ' +
    'compiles the code of the run: half of it when it loads the files, half when functions are first called. ' +
    'jiti, which reads a playbook in TypeScript, takes a twelfth, the modules of Node that a run needs a fifteenth, ' +
    'and the YAML of the inventory a twentieth. ' +
    'Node 22 and newer keep the compiled code (in ~/.cache/mailrun-node), so a run needs a third less than without; ' +
    'Node 20 cannot keep that of ES modules. The rest is spread thin: nothing else takes more than a twentieth.',
  'MB are the memory of the largest process.',
].join('\n')

export const startup: Bench = {
  name: 'startup',
  title: 'Start-up',
  at: '',
  against: [NODE],
  about: ABOUT,
  plots: [],
  run: ({ quick }): Promise<Outcome> =>
    onFleet(1, async ({ controller, folder }) => {
      writeSources(folder)
      const at = (name: string): string => join(folder, name)
      const mailrun = [process.execPath, MAIN]
      const ansible = ['/usr/bin/ansible-playbook']
      const commands: Readonly<Record<string, readonly string[]>> = {
        [NODE]: [process.execPath, '-e', '0'],
        [VERSION]: [...mailrun, '--version'],
        [LIST_TASKS]: [...mailrun, join(ROOT, 'playbooks/dkim.ts'), '-i', at('fleet.yaml'), '--list-tasks'],
        [LOCAL]: [...mailrun, at('local.ts'), '-i', at('local.yaml')],
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
          const command = controller.there({ words, cwd: folder, env, wanted: [0] })
          const { seconds, cpuSeconds, megabytes } = await timed(command)
          return { ms: seconds * 1000, 'CPU ms': cpuSeconds * 1000, MB: megabytes }
        },
      }))
      // Once before it counts: compiled forms are kept.
      for (const { run } of contenders) await run()
      const measured = await alternate(START, 0, contenders, { rounds: quick ? 1 : 15, seconds: 50 })
      return { versions: await peerVersions(controller), measured }
    }),
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
