// Mounts a writable overlay on read-only layers.
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { local } from '../local.ts'
import { mountsBelow } from './mounts.ts'

/**
 * Mounts `dir/root`: reads fall through `layers` (the topmost first), writes stay in `dir/upper`. Nothing is flushed to
 * disk (`volatile`, mount(8)): a lab is not kept through a power failure. A directory is never renamed in place
 * (`redirect_dir=off`), so each write shows under its own path in `dir/upper`.
 */
export async function mountOverlay(dir: string, layers: readonly string[]): Promise<string> {
  const root = join(dir, 'root')
  if (mountsBelow(root).length > 0) return root
  for (const part of ['upper', 'work', 'root']) await mkdir(join(dir, part), { recursive: true, mode: 0o755 })
  // Left by a mount that ended with the machine.
  await rm(join(dir, 'work/work/incompat'), { recursive: true, force: true })
  const options = [
    `lowerdir=${layers.join(':')}`,
    `upperdir=${join(dir, 'upper')}`,
    `workdir=${join(dir, 'work')}`,
    'redirect_dir=off',
    'index=off',
    'metacopy=off',
    'volatile',
  ]
  await local`mount -t overlay mailrun-lab -o ${options.join(',')} ${root}`
  return root
}
