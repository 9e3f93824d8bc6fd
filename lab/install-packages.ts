// Installs packages on a host that its own repository does not have: of its release, from the mirror of this machine.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { buildRepository } from './image/apt-repository.ts'
import { labApt } from './image/apt-sources.ts'
import { installFrom } from './image/recipe.ts'
import type { LabHost } from './fleet.ts'
import type { Lab } from './lab.ts'
import { LabError } from './lab-error.ts'
import { local } from './local.ts'
import { inHost } from './hosts/in-host.ts'
import { hostRoot, leader } from './hosts/machine.ts'
import { say } from './say.ts'

/** Where the host sees them until they are installed. */
const DOWNLOADED = '/var/opt/mailrun-lab-packages'

/**
 * Does nothing where the host has all of them.
 *
 * @throws LabError where the host is down, the mirror has no such package, or the host's apt fails.
 */
export async function installPackages(
  lab: Lab,
  host: Pick<LabHost, 'name' | 'release'>,
  packages: readonly string[],
): Promise<void> {
  const [root, pid] = [hostRoot(lab, host), leader(lab, host)]
  if (pid === undefined) throw new LabError(`${host.name} is down: start it with hostStart, or mend it with "lab up"`)
  const installed = await installedPackages(root)
  if (packages.every((name) => installed.has(name))) return
  say(`installing on ${host.name}: ${packages.join(' ')}`)
  const apt = await labApt(join(lab.cacheDir, 'apt', host.release), host.release)
  const directory = join(root, DOWNLOADED)
  await mkdir(directory, { recursive: true, mode: 0o755 })
  try {
    await buildRepository(directory, apt, root, packages, [])
    const { code, stdout, stderr } = await inHost(pid, `set -e\n${installFrom('further', DOWNLOADED, packages)}`)
    if (code !== 0) throw new LabError(`apt-get on ${host.name} failed:\n${(stdout + stderr).trim().slice(-2000)}`)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function installedPackages(root: string): Promise<ReadonlySet<string>> {
  const format = '${db:Status-Status} ${Package}\\n'
  const lines = await local`dpkg-query ${[`--admindir=${join(root, 'var/lib/dpkg')}`, '-W', '-f', format]}`
  return new Set(lines.split('\n').flatMap((line) => (line.startsWith('installed ') ? [line.slice(10)] : [])))
}
