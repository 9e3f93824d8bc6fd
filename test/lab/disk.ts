// A disk in a host of the lab, and a shell with all rights of this machine's root there: a container may neither have
// loop devices nor swap. Needs loop devices and mkfs.ext4 on this machine.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connection } from '../../src/engine/session/connection.ts'
import { localConnect } from '../../src/ssh/local.ts'
import { inHost } from './in-host.ts'

export interface Disk {
  /** `/dev/loop0`, here and in the host. */
  readonly device: string
  readonly uuid: string
  /** Root's, in the host, without what keeps containers from mounting disks and from swapping. */
  readonly shell: Connection
  /** What the test has mounted of it beside `at`, it has unmounted before. */
  remove(): Promise<void>
}

/** An empty ext4 file system on a loop device. @param at - where it is mounted; left out: nowhere */
export async function diskIn(host: string, mebibytes: number, at?: string): Promise<Disk> {
  const { hostLeader, labPrograms } = await import('../../lab/index.ts')
  await labPrograms({ e2fsprogs: '/usr/sbin/mkfs.ext4' })
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-disk-'))
  const image = join(folder, 'image')
  writeFileSync(image, '')
  truncateSync(image, mebibytes << 20)
  const output = (program: string, ...words: readonly string[]): string =>
    execFileSync(program, words, { encoding: 'utf8' }).trim()
  output('mkfs.ext4', '-q', '-F', image)
  const uuid = output('blkid', '-o', 'value', '-s', 'UUID', image)
  const device = output('losetup', '--find', '--show', image)
  const remove = async (): Promise<void> => {
    if (at !== undefined) await inHost(host, `umount ${at}`)
    output('losetup', '--detach', device)
    rmSync(folder, { recursive: true })
  }
  await inHost(host, `rm -f ${device}; mknod ${device} b ${output('stat', '-c', '%Hr %Lr', device)}`)
  if (at !== undefined) await inHost(host, `mkdir -p ${at} && mount -t ext4 ${device} ${at}`)
  writeFileSync(
    join(folder, 'sh'),
    `#!/bin/sh
exec /usr/bin/nsenter --target ${await hostLeader(host)} --mount --uts --ipc --net --pid --root -- /usr/bin/env -i \\
  --chdir=/ HOME=/root USER=root LOGNAME=root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin sh "$@"
`,
  )
  chmodSync(join(folder, 'sh'), 0o755)
  const shell = await localConnect({ PATH: folder })
  return {
    device,
    uuid,
    shell,
    async remove() {
      shell.close()
      await remove()
    },
  }
}
