// What was measured with what: reported beside the figures.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Its processors and memory, and nothing that names it. */
export function machineHere(): string {
  const model = (cpus()[0]?.model ?? 'a processor').replace(/\s+/g, ' ').trim()
  const gigabytes = Math.round(totalmem() / 2 ** 30)
  const kernel = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim().replace(/-.*/, '')
  return `${cpus().length} × ${model}, ${gigabytes} GB, Linux ${kernel}`
}

export const nodeVersion = (): Readonly<Record<string, string>> => ({ Node: process.versions.node })

/** Of the peers from Debian, and of OpenSSH. */
export async function peerVersions(): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await run('dpkg-query', [
    '-W',
    '-f',
    '${Package} ${Version}\n',
    'ansible-core',
    'ansible-mitogen',
    'openssh-client',
  ])
  return {
    ...nodeVersion(),
    ...Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' ') as [string, string]),
    ),
  }
}
