// The files of a host as a list and as one digest. Every write to the host changes both.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { atMost } from '../at-most.ts'
import { local } from '../local.ts'

/** Not files of the host but of the moment: written by logins, timers and logs whether or not anything is done. */
const NOISE = ['/proc', '/sys', '/dev', '/run', '/tmp', '/var/tmp', '/var/log', '/var/lib/systemd'] as const

/** Path in the host → type, mode, owner, group, size, mtime in nanoseconds, and link target or content hash. */
export type Tree = ReadonlyMap<string, string>

/**
 * Reads the host's file system from outside, so that the host notices nothing. Files that were never written since the
 * image was made lie in read-only layers: for them the metadata say all; the others are hashed.
 *
 * @param dir - the host's directory, with `root` and `upper`.
 * @param exclude - absolute paths in the host, with all below them, beside those that are always left out.
 */
export async function readTree(dir: string, exclude: readonly string[]): Promise<Tree> {
  const skipped = [...NOISE, ...exclude].map((path) => path.replace(/\/+$/, ''))
  const prunes = skipped.flatMap((path, index) => [
    ...(index === 0 ? [] : ['-o']),
    '-path',
    `.${path.replace(/[\\*?[]/g, '\\$&')}`,
  ])
  const format = '%p\\0%y %#m %U:%G %s %T@\\0%l\\0'
  const found =
    await local`cd ${join(dir, 'root')} && find . -xdev ${['(', ...prunes, ')']} -prune -o -printf ${format}`
  const fields = found.split('\0')
  const tree = new Map<string, string>()
  const files: string[] = []
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const path = (fields[at] ?? '').slice(1) || '/'
    const [type = '', ...rest] = (fields[at + 1] ?? '').split(' ')
    // A directory's size depends on the file system's moods, not on what is in it.
    const meta = type === 'd' ? rest.filter((_, index) => index !== 2) : rest
    tree.set(path, [type, ...meta, ...(type === 'l' ? [fields[at + 2] ?? ''] : [])].join(' '))
    if (type === 'f') files.push(path)
  }
  await atMost(8, files, async (path) => {
    const written = await lstat(join(dir, 'upper', path)).catch(() => undefined)
    if (written?.isFile() !== true) return
    const hash = createHash('sha256')
    await pipeline(createReadStream(join(dir, 'root', path)), hash)
    tree.set(path, `${tree.get(path)} ${hash.digest('hex')}`)
  })
  return new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** One digest of a tree: equal exactly when nothing was written. */
export function treeDigest(tree: Tree): string {
  const hash = createHash('sha256')
  for (const [path, what] of tree) hash.update(`${path}\0${what}\0`)
  return hash.digest('hex')
}

/** Pure: what differs, a line each: `+` new, `-` gone, `~` changed. */
export function treeDifference(before: Tree, after: Tree): readonly string[] {
  const gone = [...before].filter(([path]) => !after.has(path)).map(([path, what]) => `- ${path} (${what})`)
  const changed = [...after].flatMap(([path, what]) => {
    const was = before.get(path)
    return was === undefined ? [`+ ${path} (${what})`] : was === what ? [] : [`~ ${path} (${was} -> ${what})`]
  })
  return [...gone, ...changed]
}
