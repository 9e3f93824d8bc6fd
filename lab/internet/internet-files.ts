// Writes the files that turn a host of the lab into a name server, the resolver or the mail receiver, before it boots.
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { LabHost } from '../fleet.ts'
import type { Lab } from '../lab.ts'
import { LabError } from '../lab-error.ts'
import {
  HINTS_PATH,
  KEYS_PATH,
  PRIMARIES_PATH,
  hintsText,
  primariesText,
  primaryConf,
  resolverConf,
  secondaryConf,
  zoneFile,
} from './named-conf.ts'
import { MAILDIR, receiverFiles } from './receiver-conf.ts'
import { tsigKeysText } from './tsig-keys.ts'
import { zoneNames, zoneText } from './zones.ts'

/** Nothing to do for hosts of other profiles. */
export async function writeInternetFiles(lab: Lab, host: LabHost, subnet: string, root: string): Promise<void> {
  if (host.profile === 'dns') await writeNameServer(lab, host.name, subnet, root)
  if (host.profile === 'receiver') await writeReceiver(subnet, root)
}

async function writeNameServer(lab: Lab, name: string, subnet: string, root: string): Promise<void> {
  const bind = await idsOf(root, 'bind')
  const write = async (path: string, text: string, mode: number): Promise<void> => {
    await writeFile(join(root, path), text, { mode })
    await chown(join(root, path), mode === 0o640 ? 0 : bind.uid, bind.gid)
  }
  const conf = name === 'ns1' ? primaryConf(subnet) : name === 'ns2' ? secondaryConf(subnet) : resolverConf()
  await write('/etc/bind/named.conf', conf, 0o640)
  if (name === 'resolver') return write(HINTS_PATH, hintsText(subnet), 0o640)
  await write(KEYS_PATH, await tsigKeysText(lab), 0o640)
  if (name === 'ns2') return write(PRIMARIES_PATH, primariesText(subnet, false), 0o640)
  const serial = Math.floor(Date.now() / 1000)
  for (const zone of zoneNames(subnet)) await write(zoneFile(zone), zoneText(zone, subnet, serial), 0o644)
}

async function writeReceiver(subnet: string, root: string): Promise<void> {
  const inbox = await idsOf(root, 'inbox')
  for (const { path, text, append } of receiverFiles(subnet, inbox)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text, { flag: append === true ? 'a' : 'w' })
  }
  await mkdir(join(root, MAILDIR), { mode: 0o700 })
  await chown(join(root, MAILDIR), inbox.uid, inbox.gid)
}

async function idsOf(root: string, user: string): Promise<{ readonly uid: number; readonly gid: number }> {
  const entry = (await readFile(join(root, 'etc/passwd'), 'utf8'))
    .split('\n')
    .find((line) => line.startsWith(`${user}:`))
  const [, , uid, gid] = entry?.split(':') ?? []
  if (uid === undefined) throw new LabError(`the image has no user ${user}`)
  return { uid: Number(uid), gid: Number(gid) }
}
