// States of paths, as hosts answer them, for the tests of tasks.
import { createHash } from 'node:crypto'
import type { PathState } from '../../../src/resources/files/path.ts'

/** Nothing there, in a directory that is. */
export const absent: PathState = { is: { kind: 'absent' }, parent: 'directory', missing: [] }

export const folder = (owner = 'root', mode = '0755'): PathState => ({
  ...absent,
  is: { kind: 'directory', owner, group: owner, mode },
})

export const text = (content: string, owner = 'root', mode = '0644', group = owner): PathState => ({
  ...absent,
  is: {
    kind: 'file',
    owner,
    group,
    mode,
    sha256: createHash('sha256').update(content).digest('hex'),
    content: new Uint8Array(Buffer.from(content)),
    mtime: '1',
  },
})

export const link = (target: string): PathState => ({ ...absent, is: { kind: 'symlink', target } })

/** What a plan foresees of a file's content. */
export const textOf = ({ is }: PathState): string =>
  is.kind === 'file' && is.content !== undefined ? Buffer.from(is.content).toString() : is.kind
