// One host of a lab: makes it, mends it, makes it anew, removes it.
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabHost } from './fleet.ts'
import { writeHostFiles } from './host-files.ts'
import { inHost } from './in-host.ts'
import { ensureHostKeys } from './keys.ts'
import type { Lab } from './lab.ts'
import { greeting, hostDir, hostRoot, leader, powerOff, powerOn, waitUntilUp } from './machine.ts'
import { mountsBelow, removeTree, unmountBelow } from './mounts.ts'
import { ensureHostLink, removeHostLink } from './network.ts'
import { mountOverlay } from './overlay.ts'
import type { Site } from './site.ts'

/** Leaves a host that is well as it is; starts one that is dead with the files that it has; makes one that was never finished, or is of an older image. */
export async function ensureHost(site: Site, host: LabHost): Promise<'well' | 'started' | 'made'> {
  const { lab, subnet, image } = site
  const root = hostRoot(lab, host)
  await ensureHostLink(lab, host, subnet)
  const finished = (await madeFrom(lab, host)) === image.digest
  if (finished && mountsBelow(root).length > 0 && (await answers(site, host))) {
    await writeIfOther(join(root, 'etc/hosts'), site.hostsFile)
    return 'well'
  }
  await powerOff(lab, host)
  await unmountBelow(root)
  if (!finished) await make(site, host)
  await mountOverlay(hostDir(lab, host), image.layers(host.profile))
  await writeIfOther(join(root, 'etc/hosts'), site.hostsFile)
  powerOn(lab, host, image)
  await waitUntilUp(lab, host, subnet)
  return finished ? 'started' : 'made'
}

/** A fresh host with the same keys and address. */
export async function resetHost(site: Site, host: LabHost): Promise<void> {
  await removeFiles(site.lab, host)
  await ensureHost(site, host)
}

export async function removeHost(lab: Lab, host: Pick<LabHost, 'name' | 'number'>): Promise<void> {
  await removeFiles(lab, host)
  await removeHostLink(lab, host)
}

async function removeFiles(lab: Lab, host: Pick<LabHost, 'name'>): Promise<void> {
  await powerOff(lab, host)
  await removeTree(hostDir(lab, host))
}

async function make(site: Site, host: LabHost): Promise<void> {
  const { lab, image } = site
  const dir = hostDir(lab, host)
  await removeTree(dir)
  await mkdir(dir, { recursive: true, mode: 0o755 })
  await ensureHostKeys(lab, host)
  const root = await mountOverlay(dir, image.layers(host.profile))
  await writeHostFiles(lab, host, root)
  // Last: a host without this file was never finished.
  await writeFile(join(dir, 'image'), image.digest)
}

/** The digest of the image that a finished host was made from. */
function madeFrom(lab: Lab, host: LabHost): Promise<string | undefined> {
  return readFile(join(hostDir(lab, host), 'image'), 'utf8').catch(() => undefined)
}

/** Its systemd and its sshd both do. */
async function answers({ lab, subnet }: Site, host: LabHost): Promise<boolean> {
  const pid = leader(lab, host)
  if (pid === undefined || !(await greeting(`${subnet}.${host.number}`)).startsWith('SSH-')) return false
  const { stdout } = await inHost(pid, 'systemctl is-system-running')
  return ['running', 'degraded'].includes(stdout.trim())
}

async function writeIfOther(path: string, text: string): Promise<void> {
  if (existsSync(path) && (await readFile(path, 'utf8')) === text) return
  await writeFile(path, text)
}
