// Makes, repairs, resets and removes one host of a lab.
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabHost } from '../fleet.ts'
import { writeHostFiles } from './host-files.ts'
import { inHost } from './in-host.ts'
import { writeInternetFiles } from '../internet/internet-files.ts'
import { ensureHostKeys } from '../access/keys.ts'
import type { Lab } from '../lab.ts'
import { greeting, hostDir, hostRoot, leader, powerOff, powerOn, waitUntilUp } from './machine.ts'
import { mountsBelow, removeTree, unmountBelow } from './mounts.ts'
import { ensureHostLink, removeHostLink } from '../network/network.ts'
import { mountOverlay } from './overlay.ts'
import { releaseFacts } from '../image/releases.ts'
import type { Site } from './site.ts'

/**
 * Leaves a host that is well as it is; starts one that is dead with the files that it has; makes one that was never
 * finished, or is of an older image.
 */
export async function ensureHost(site: Site, host: LabHost): Promise<'well' | 'started' | 'made'> {
  const { lab, subnet } = site
  const image = site.image(host)
  const root = hostRoot(lab, host)
  await ensureHostLink(lab, host, subnet, site.internet)
  const finished = (await madeFrom(lab, host)) === image.digestFor(host.profile)
  if (finished && mountsBelow(root).length > 0 && (await answers(site, host))) {
    if (await writeNames(site, host)) await restartPostfix(lab, host)
    return 'well'
  }
  await powerOff(lab, host)
  await unmountBelow(root)
  if (!finished) await make(site, host)
  await mountOverlay(hostDir(lab, host), image.layers(host.profile))
  await writeNames(site, host)
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
  const { lab } = site
  const image = site.image(host)
  const dir = hostDir(lab, host)
  await removeTree(dir)
  await mkdir(dir, { recursive: true, mode: 0o755 })
  await ensureHostKeys(lab, host)
  const root = await mountOverlay(dir, image.layers(host.profile))
  await writeHostFiles(lab, host, root)
  await writeInternetFiles(lab, host, site.subnet, root)
  // Last: a host without this file was never finished.
  await writeFile(join(dir, 'image'), image.digestFor(host.profile))
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

/** How the host finds names; whether its resolver is another now. */
async function writeNames(site: Site, host: LabHost): Promise<boolean> {
  const etc = join(hostRoot(site.lab, host), 'etc')
  await writeIfOther(join(etc, 'hosts'), site.hostsFile(host))
  return site.resolvConf !== undefined && (await writeIfOther(join(etc, 'resolv.conf'), site.resolvConf))
}

/** It copies resolv.conf to its chroot when it starts. */
async function restartPostfix(lab: Lab, host: LabHost): Promise<void> {
  const pid = leader(lab, host)
  if (pid !== undefined) await inHost(pid, `systemctl try-restart ${releaseFacts(host.release).postfixUnit}`)
}

async function writeIfOther(path: string, text: string): Promise<boolean> {
  if (existsSync(path) && (await readFile(path, 'utf8')) === text) return false
  await writeFile(path, text)
  return true
}
