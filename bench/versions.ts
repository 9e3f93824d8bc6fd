// What was measured with what: reported beside the figures.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { ANSIBLE_PACKAGES } from './contenders/ansible.ts'
import type { Controller } from './controller.ts'
import { timed } from './timed.ts'

const run = promisify(execFile)

/** Its processors and memory, and nothing that names it. */
export function machineHere(): string {
  const model = (cpus()[0]?.model ?? 'a processor').replace(/\s+/g, ' ').trim()
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  const kernel = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim().replace(/-.*/, '')
  return `${cpus().length} × ${model}, ${gigabytes} GB, Linux ${kernel}`
}

export const nodeVersion = (): Readonly<Record<string, string>> => ({ Node: process.versions.node })

const query = (packages: readonly string[]): readonly string[] => [
  'dpkg-query',
  '-W',
  '-f',
  '${Package} ${Version}\n',
  ...packages,
]

/** Of this machine's OpenSSH. */
export async function opensshVersion(): Promise<Readonly<Record<string, string>>> {
  const [program = '', ...args] = query(['openssh-client'])
  return versionsIn((await run(program, args)).stdout)
}

/** Of the controller: the peers from Debian, OpenSSH, and Node. */
export async function peerVersions(controller: Controller): Promise<Readonly<Record<string, string>>> {
  const words = query([...ANSIBLE_PACKAGES, 'openssh-client'])
  const { stdout } = await timed(controller.there({ words, cwd: '/', env: {}, wanted: [0] }))
  return { ...nodeVersion(), ...versionsIn(stdout) }
}

const versionsIn = (stdout: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  )
