// The machine and the versions of programs, which are reported with the results.
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
export const peerVersions = async (): Promise<Readonly<Record<string, string>>> => ({
  ...nodeVersion(),
  ...(await versionsOf(['ansible-core', 'ansible-mitogen', 'openssh-client'])),
})

/** Of packages that are installed here. @throws Error where one is not */
export async function versionsOf(packages: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${Package} ${Version}\n', ...packages])
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  )
}
