// What this machine needs to host a lab: Linux, root, Debian packages, inotify instances.
import { readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { LabError } from './lab-error.ts'
import { local } from './local.ts'
import { refreshLists } from './apt-sources.ts'
import { say } from './say.ts'

/** Installed where missing, by a program that each brings. */
const PACKAGES: Readonly<Record<string, string>> = {
  mmdebstrap: '/usr/bin/mmdebstrap',
  'systemd-container': '/usr/bin/systemd-nspawn',
  iproute2: '/usr/bin/ip',
  'dpkg-dev': '/usr/bin/dpkg-scanpackages',
  'openssh-client': '/usr/bin/ssh',
  'debian-archive-keyring': '/usr/share/keyrings/debian-archive-keyring.gpg',
  vde2: '/usr/bin/vde_switch',
  'vde-wirefilter': '/usr/bin/wirefilter',
}

/** systemd in each host takes some 40 of them, all of one user to the kernel. */
const INOTIFY_INSTANCES = 8192
const INOTIFY_PATH = '/proc/sys/fs/inotify/max_user_instances'

/** @throws LabError where this machine cannot host a lab at all; needs nothing installed. */
export function requireLabMachine(): void {
  if (process.platform !== 'linux') throw new LabError(`the lab's hosts are Linux containers, and this machine runs ${process.platform}: use a Debian 12 machine, virtual or real`)
  if (process.getuid?.() !== 0) throw new LabError('the lab makes containers, mounts and network links: run it as root')
  if (!existsSync('/usr/bin/apt-get')) throw new LabError('the lab builds its hosts with apt, which this machine does not have: use Debian 12')
}

/** Installs the Debian packages that are missing, and lets many systemds run. */
export async function prepareController(): Promise<void> {
  requireLabMachine()
  const missing = Object.entries(PACKAGES).flatMap(([name, path]) => (existsSync(path) ? [] : [name]))
  if (missing.length > 0) {
    await refreshLists()
    say(`installing on this machine: ${missing.join(' ')}`)
    await local('')`DEBIAN_FRONTEND=noninteractive apt-get --quiet --quiet --assume-yes --no-install-recommends install ${missing}`
  }
  const instances = Number(await readFile(INOTIFY_PATH, 'utf8').catch(() => 'NaN'))
  if (instances < INOTIFY_INSTANCES) await writeFile(INOTIFY_PATH, String(INOTIFY_INSTANCES))
  await local('')`modprobe --quiet --all overlay bridge veth tun 2>/dev/null || true`
}
