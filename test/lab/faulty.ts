// Three hosts of which one is made faulty: what a run says of it, that the others are done, and that the next run
// converges.
import { basename } from 'node:path'
import * as assert from 'uvu/assert'
import type { RunDocument } from '../../src/report/run/json.ts'
import { suite } from '../suite.ts'
import { project, type Project } from '../unit/cli/mailrun.ts'
import { inHost } from './in-host.ts'
import { nameLab } from './own-lab.ts'

// A lab for each test file: several run at once.
nameLab(basename(process.argv[1]!, '.test.js'))
export const lab = await import('../../lab/index.ts')

const PLAYBOOK = `import { playbook, v, sh, Secret } from 'mailrun'
import * as t from 'mailrun/tasks'
export default playbook({
  name: 'faulty', hosts: 'mail', vars: v.object({ tasks: v.string() }),
  tasks: ({ vars }) => {
    const list = 'return [' + Buffer.from(vars.tasks, 'base64url') + ']'
    return new Function('t', 'sh', 'Secret', list)(t, sh, Secret)
  },
})
`
export type Host = 'mx1' | 'mx2' | 'mx3'
const HOSTS: readonly Host[] = ['mx1', 'mx2', 'mx3']
/** Of mx1 root, of mx2 one who needs no password, of mx3 one who does. */
export const USERS = { mx1: 'root', mx2: 'ops', mx3: 'admin' } as const
export const CONNECT_SECONDS = 6

export interface Ran {
  readonly code: number | null
  readonly hosts: RunDocument['hosts']
  status(host: Host): string
  error(host: Host): string
}

export interface Fault {
  readonly on: Host
  /** Shell text for root on that host. */
  readonly make: string
  readonly lift: string
  /** Text of a list: besides these every host gets a file that is new each time. */
  readonly tasks: string
  readonly code: number
  readonly status: string
  readonly says: RegExp
  /** Instead of `tasks` in the next run, with what lifts the fault. */
  readonly next?: string
  /** Flags. */
  readonly words?: readonly string[]
}

let here: Project
let times = 0

/** A suite that has the lab while it runs. */
export function faultSuite(name: string): ReturnType<typeof suite> {
  const test = suite(name)
  test.before(async () => {
    await lab.labUp({ size: 3, tools: false, wire: undefined })
    here = project({ 'faulty.mjs': PLAYBOOK })
  })
  test.after(async () => {
    await lab.labDown()
    here.remove()
  })
  return test
}

const given = (tasks: string): readonly string[] => [
  'faulty.mjs',
  '-i',
  lab.inventoryPath,
  '--timeout',
  String(CONNECT_SECONDS),
  '-e',
  `tasks=${Buffer.from(tasks).toString('base64url')}`,
]

const password = (): readonly string[] => ['--become-password-file', lab.becomePasswordFile]

/** What is printed for people. */
export const printed = (tasks: string, ...words: readonly string[]): ReturnType<Project['mailrun']> =>
  here.mailrun(...given(tasks), ...password(), ...words)

export const run = (tasks: string, ...words: readonly string[]): Promise<Ran> =>
  runWithoutPassword(tasks, ...password(), ...words)

/** sudo is not asked for one: only mx1 and mx2 can be reached so. */
export async function runWithoutPassword(tasks: string, ...words: readonly string[]): Promise<Ran> {
  const { code, stdout, stderr } = await here.mailrun(...given(tasks), '--format', 'json', ...words)
  assert.ok(stdout !== '', stderr)
  const { hosts } = JSON.parse(stdout) as RunDocument
  const of = (name: Host): Ran['hosts'][number] => hosts.find((each) => each.name === name)!
  return { code, hosts, status: (host) => of(host).status, error: (host) => of(host).error ?? '' }
}

export { inHost }

/** One run with the fault, one without: reported as it is, the others done, and then all of it. */
export async function faulty({ on, make, lift, tasks, code, status, says, next, words = [] }: Fault): Promise<void> {
  times += 1
  const all = `${tasks}${tasks === '' ? '' : ', '}t.file({ path: '/etc/mailrun-here', content: '${times}' })`
  await inHost(on, make)
  let ran: Ran
  try {
    ran = await run(all, ...words)
  } finally {
    await inHost(on, lift)
  }
  assert.equal([ran.code, ran.status(on)], [code, status], ran.error(on))
  assert.ok(says.test(ran.error(on)), `${ran.error(on)}\nis not as said: ${says}`)
  for (const other of HOSTS.filter((each) => each !== on)) assert.is(ran.status(other), 'changed', ran.error(other))
  const then = await run(next ?? all)
  assert.is(then.code, 0, then.error(on))
}
