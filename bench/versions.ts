// What was measured with what: told beside the figures.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Its processors and memory, and nothing that names it. */
export const machineHere = (): string =>
  `${cpus().length} × ${(cpus()[0]?.model ?? 'a processor').replace(/\s+/g, ' ').trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim().replace(/-.*/, '')}`

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
