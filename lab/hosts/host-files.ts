// Writes the files that turn an image into a host before it boots: its name, its keys, the access of its users.
import { chown, copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabHost } from '../fleet.ts'
import { becomePasswordPath, hostKeyPath, machineId, userKeyPath } from '../access/keys.ts'
import type { Lab } from '../lab.ts'
import { LabError } from '../lab-error.ts'
import { localFed } from '../local.ts'
import { fqdn } from '../internet/names.ts'
import { IMAGE_HOSTNAME } from '../image/recipe.ts'

export async function writeHostFiles(lab: Lab, host: LabHost, root: string): Promise<void> {
  await writeFile(join(root, 'etc/hostname'), `${host.name}\n`)
  await writeFile(join(root, 'etc/machine-id'), await machineId(lab, host))
  const key = join(root, 'etc/ssh/ssh_host_ed25519_key')
  await copyFile(hostKeyPath(lab, host), key)
  await copyFile(`${hostKeyPath(lab, host)}.pub`, `${key}.pub`)
  await authorize(lab, host, root)
  if (host.sudo === 'password') await setPassword(lab, host, root)
  if (host.profile === 'postfix') {
    await rename(join(root, 'etc/mailname'), host)
    await rename(join(root, 'etc/postfix/main.cf'), host)
  }
}

/** /etc/hosts: these hosts by FQDN and short name. */
export function hostsFile(hosts: readonly LabHost[], subnet: string): string {
  const lines = hosts.map((host) => `${subnet}.${host.number} ${fqdn(host)} ${host.name}\n`)
  return `127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n${lines.join('')}`
}

/** Only the user that the inventory names may come in with the lab's key. */
async function authorize(lab: Lab, host: LabHost, root: string): Promise<void> {
  const entry = (await readFile(join(root, 'etc/passwd'), 'utf8'))
    .split('\n')
    .find((line) => line.startsWith(`${host.user}:`))
  const [, , uid, gid, , home] = entry?.split(':') ?? []
  if (home === undefined)
    throw new LabError(
      `the image has no user ${host.user}, whom ${host.name} needs: rebuild the images by removing ${lab.cacheDir}`,
    )
  const path = join(root, home, '.ssh/authorized_keys')
  await writeFile(path, await readFile(`${userKeyPath(lab)}.pub`, 'utf8'), { mode: 0o600 })
  await chown(path, Number(uid), Number(gid))
}

/** Prints what crypt(3) makes of standard input, by SHA-512. */
const CRYPT = `
$_ = <STDIN>; chomp;
my $salt = join(q(), map { (q(a)..q(z))[rand 26] } 1..16);
print crypt($_, q($6$) . $salt . q($));
`

/** Straight into shadow(5): chpasswd would ask PAM, which a host that has not booted does not have. */
async function setPassword(lab: Lab, host: LabHost, root: string): Promise<void> {
  const password = await readFile(becomePasswordPath(lab), 'utf8')
  const hash = await localFed(password)`chroot ${root} perl -e ${CRYPT}`
  const path = join(root, 'etc/shadow')
  const shadow = await readFile(path, 'utf8')
  await writeFile(
    path,
    shadow.replace(new RegExp(`^${host.user}:[^:]*`, 'm'), () => `${host.user}:${hash}`),
  )
}

async function rename(path: string, host: LabHost): Promise<void> {
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replaceAll(IMAGE_HOSTNAME, fqdn(host)))
}
