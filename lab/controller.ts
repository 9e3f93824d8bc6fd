// Checks and installs what this machine needs for a lab: Linux, root, Debian packages, inotify instances.
import { readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { LabError } from './lab-error.ts'
import { local } from './local.ts'
import { aptFlags, refreshLists } from './image/apt-sources.ts'
import { PACKAGES_LOCK, withLock } from './lock.ts'
import { say } from './say.ts'

/** Debian packages, each with a program or file that it brings. */
type Needed = Readonly<Record<string, string>>

const FOR_HOSTS: Needed = {
  mmdebstrap: '/usr/bin/mmdebstrap',
  'debian-archive-keyring': '/usr/share/keyrings/debian-archive-keyring.gpg',
  'systemd-container': '/usr/bin/systemd-nspawn',
  iproute2: '/usr/bin/ip',
  'apt-utils': '/usr/bin/apt-ftparchive',
  'openssh-client': '/usr/bin/ssh',
  // For tests of mailrun dns, which runs nsupdate here.
  'bind9-dnsutils': '/usr/bin/nsupdate',
}
const FOR_WIRE: Needed = { vde2: '/usr/bin/vde_switch', 'vde-wirefilter': '/usr/bin/wirefilter' }

/** systemd in each host takes some 40 of them, all of one user to the kernel. */
const INOTIFY_INSTANCES = 8192
const INOTIFY_PATH = '/proc/sys/fs/inotify/max_user_instances'

/** @throws LabError where this machine cannot host a lab at all; needs nothing installed. */
export function requireLabMachine(): void {
  if (process.platform !== 'linux') {
    const instead = 'use a Debian 12 machine, virtual or real'
    throw new LabError(`the lab's hosts are Linux containers, and this machine runs ${process.platform}: ${instead}`)
  }
  if (process.getuid?.() !== 0) throw new LabError('the lab makes containers, mounts and network links: run it as root')
  if (!existsSync('/usr/bin/apt-get'))
    throw new LabError('the lab builds its hosts with apt, which this machine does not have: use Debian 12')
}

/** Installs what is missing, and lets many systemds run. */
export async function prepareController(): Promise<void> {
  requireLabMachine()
  await install(FOR_HOSTS)
  const instances = Number(await readFile(INOTIFY_PATH, 'utf8').catch(() => 'NaN'))
  if (instances < INOTIFY_INSTANCES) await writeFile(INOTIFY_PATH, String(INOTIFY_INSTANCES))
  await local`modprobe --quiet --all overlay bridge veth tun 2>/dev/null || true`
}

/** Installs what a test compares with or watches by. @example await preparePrograms({ age: '/usr/bin/age' }) */
export async function preparePrograms(needed: Needed): Promise<void> {
  requireLabMachine()
  await install(needed)
}

/** Installs what a wire with latency or loss needs. */
export async function prepareWire(): Promise<void> {
  await install(FOR_WIRE)
}

async function install(needed: Needed): Promise<void> {
  if (missing(needed).length === 0) return
  await withLock(PACKAGES_LOCK, async () => {
    // Another lab may have installed them meanwhile.
    const packages = missing(needed)
    if (packages.length === 0) return
    await refreshLists()
    say(`installing on this machine: ${packages.join(' ')}`)
    const how = ['--quiet', '--quiet', '--assume-yes', '--no-install-recommends']
    const patience = aptFlags({ 'DPkg::Lock::Timeout': '300' })
    await local`DEBIAN_FRONTEND=noninteractive apt-get ${how} ${patience} install ${packages}`
  })
}

const missing = (needed: Needed): readonly string[] =>
  Object.entries(needed).flatMap(([name, path]) => (existsSync(path) ? [] : [name]))
