// Gives a host the packages of another Debian release for `apt-get full-upgrade`, as in a real upgrade.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildUpgradeRepository } from './image/apt-repository.ts'
import { labApt } from './image/apt-sources.ts'
import type { LabHost } from './fleet.ts'
import type { Lab } from './lab.ts'
import { hostRoot } from './hosts/machine.ts'
import type { Release } from './image/releases.ts'

/** Where the host sees them. */
const OFFERED = '/var/opt/mailrun-lab-upgrade'

/**
 * What the host has installed, and what that newly needs, is downloaded into the host, and becomes apt's only source:
 * its own repository has the packages of the release that it was made of.
 *
 * @throws LabError where the mirror has no such release.
 */
export async function offerRelease(lab: Lab, host: Pick<LabHost, 'name'>, release: Release): Promise<void> {
  const root = hostRoot(lab, host)
  const directory = join(root, OFFERED)
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true, mode: 0o755 })
  const apt = await labApt(join(lab.cacheDir, 'apt', release), release)
  await buildUpgradeRepository(directory, apt, root)
  await writeFile(join(root, 'etc/apt/sources.list'), `deb [trusted=yes] file:${OFFERED} ./\n`)
}
