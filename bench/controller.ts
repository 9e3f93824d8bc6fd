// The controller that the tools run on: the files of a Debian 13 host of the lab, where today's Ansible is a package,
// with this machine's network, so that the lab's wire is between it and the hosts.
import { spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import type * as Lab from '../lab/index.ts'
import { ROOT } from './root.ts'
import type { Command } from './timed.ts'

/** The host whose files they are. */
export const CONTROLLER = 'verify'

/** Those of its release. */
export const ANSIBLE_PACKAGES: readonly string[] = ['ansible-core', 'ansible-mitogen']

export interface Controller {
  /** The same command as it is run there, for {@link timed}. */
  there(command: Command): Command
}

/**
 * `$1` is the host's root; what follows is there under the same path as here. Mounts are this process's own, and go
 * with it.
 */
const HOLD = `
root=$1
shift
for path; do
  if [ -d "$path" ]; then
    mkdir -p "$root$path"
  else
    mkdir -p "$root\${path%/*}"
    : >>"$root$path"
  fi
  mount --bind "$path" "$root$path"
done
for path in /proc /dev; do
  mount --rbind "$path" "$root$path"
done
echo ready
exec chroot "$root" cat
`

/**
 * Installs the peers on the controller, and gives it this repository, this machine's Node, the lab's keys and `folder`.
 *
 * @throws Error with what mount(8) said
 */
export async function withController<T>(
  lab: typeof Lab,
  folder: string,
  use: (controller: Controller) => Promise<T>,
): Promise<T> {
  await lab.hostInstall(CONTROLLER, ANSIBLE_PACKAGES)
  // The packages may be a link to another place.
  const packages = realpathSync(join(ROOT, 'node_modules'))
  const paths = [process.execPath, ROOT, lab.stateDir, folder, ...(packages.startsWith(ROOT) ? [] : [packages])]
  const hold = ['--mount', '--propagation', 'private', '--', 'sh', '-euc', HOLD, 'hold', lab.hostFiles(CONTROLLER)]
  const child = spawn('unshare', [...hold, ...paths], { stdio: ['pipe', 'pipe', 'pipe'] })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve())
      child.once('error', reject)
      child.once('close', () => reject(new Error(`the controller's files cannot be mounted: ${said}`)))
    })
    const enter = ['nsenter', '--target', String(child.pid), '--mount', '--root', '--', 'env']
    return await use({
      there: ({ words, cwd, ...rest }) => ({ ...rest, words: [...enter, `--chdir=${cwd}`, ...words], cwd: '/' }),
    })
  } finally {
    child.stdin.end()
    await closed
  }
}
