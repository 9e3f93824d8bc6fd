// Task: what is in an archive, as a directory.
import { createHash } from 'node:crypto'
import { givenAttributes, madeByRoot, withAttributes } from '../src/resources/files/attributes.ts'
import { checkAttributes, checkPath } from '../src/resources/files/check-path.ts'
import { emptinessOf, type Emptiness } from '../src/resources/files/emptiness.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import { copyFile, keepDirectory, removeFile, unpackArchive } from '../src/resources/files/program/files.ts'
import { whyBlocked } from '../src/resources/files/put-content.ts'
import { replaceFile } from '../src/resources/files/replace-file.ts'
import { number, required, seconds, text } from '../src/core/task/argument.ts'
import type { Change } from '../src/core/task/change.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { blocked, change, ok, type Plan } from '../src/core/task/plan.ts'
import type { Probe } from '../src/core/probe/probe.ts'
import { isKnown, UNKNOWN } from '../src/core/unknown.ts'
import { lines, type Script } from '../src/shell/script.ts'
import { sh } from '../src/shell/sh.ts'
import type { Untrusted } from '../src/shell/untrusted.ts'

interface UnarchiveCommon {
  /**
   * Absolute: the directory that has what is in the archive. It is this task's alone, and another archive replaces it
   * whole.
   */
  readonly dest: string
  /** So many parts are taken off the front of each name: 1, where the archive has one directory with all in it. */
  readonly strip?: number
  /** Of all that is unpacked; left out: root. */
  readonly owner?: string
  readonly group?: string
  /** What is more, as an archive or unpacked, is refused; left out: 1073741824. */
  readonly maxBytes?: number
  /** What has more files and directories is refused; left out: 100000. */
  readonly maxFiles?: number
  /** After this many seconds it is ended and has failed; left out: 600. */
  readonly timeoutSeconds?: number
}

interface FromController extends UnarchiveCommon {
  /** An archive on the controller, relative to the playbook; or give `path`. */
  readonly src: string
  readonly path?: never
  readonly sha256?: never
}

interface FromHost extends UnarchiveCommon {
  /** An archive on the host, such as `download` brings it. */
  readonly path: string
  /** SHA-256 of the archive at `path`, in 64 hexadecimal digits. */
  readonly sha256: string
  readonly src?: never
}

export type UnarchiveArgs = FromController | FromHost

export interface UnarchiveState {
  readonly dest: PathState
  /** `.mailrun-archive` in it: of which archive it is. */
  readonly stamp: PathState
  readonly holds: Emptiness
  /** The archive on the host, where it is that. */
  readonly archive?: PathState
}

/** A file `bin/tool`, below `tool-1.0`, in tar's format of POSIX. */
const EXAMPLE_ARCHIVE = [
  'tool-1.0/bin/tool'.padEnd(100, '\0'),
  '0000755\x000000000\x000000000\x0000000000012\x0000000000000\x00010662\0 0'.padEnd(157, '\0'),
  'ustar\x0000'.padEnd(255, '\0'),
  '#!/bin/sh\n'.padEnd(1536, '\0'),
].join('')

/**
 * A tar archive, as it is or made by gzip, bzip2, xz or zstd: unpacked beside `dest`, looked through, and put in place
 * whole. Devices are refused, and links that lead out of it or have a `..` after another name; setuid and setgid bits
 * are dropped, owners in it count for nothing, and nobody else may write what it has. The file `.mailrun-archive` in
 * `dest` tells of which archive it is: while that is right, nothing else is looked at. Another archive replaces the
 * directory with all in it, so other tasks that put something below `dest` are refused: give each version a directory
 * of its own and a `symlink` beside it, and keep data elsewhere.
 *
 * @ansible unarchive
 */
export const unarchive = defineTask<UnarchiveArgs, UnarchiveState>({
  type: 'unarchive',
  name: ({ dest }) => dest,
  arguments: {
    src: text,
    path: text,
    sha256: text,
    dest: required(text),
    strip: number,
    owner: text,
    group: text,
    maxBytes: number,
    maxFiles: number,
    timeoutSeconds: seconds,
  },
  check: (args) => checkPath('dest', args.dest) ?? checkAttributes(args) ?? checkLimits(args) ?? checkArchive(args),
  probe,
  plan: (args, now, context) => {
    const content = args.src === undefined ? undefined : context.source({ kind: 'file', path: args.src })
    return plan(args, content, now)
  },
  writes: ({ dest }) => [`path:${dest}`],
  owns: ({ dest }) => [`content:${dest}`, `directory:${dest}`, `tree:${dest}`],
  sources: ({ src }) => (src === undefined ? [] : [{ kind: 'file', path: src }]),
  examples: [
    {
      title: 'An archive of the controller, that has all in one directory',
      args: { src: 'files/tool-1.0.tar', dest: '/srv/tool-1.0', strip: 1 },
      sources: { 'files/tool-1.0.tar': EXAMPLE_ARCHIVE },
    },
    {
      title: 'One that was downloaded, in the place of an older one',
      args: {
        path: '/srv/mirror/tool.tar',
        sha256: createHash('sha256').update(EXAMPLE_ARCHIVE).digest('hex'),
        dest: '/srv/tool "2"',
        owner: 'mail',
        group: 'mail',
      },
      given: `
mkdir -p /srv/mirror '/srv/tool "2"/old'
echo ${Buffer.from(EXAMPLE_ARCHIVE).toString('base64')} | base64 -d > /srv/mirror/tool.tar
echo another > '/srv/tool "2"/.mailrun-archive'`,
    },
  ],
})

const SECONDS = 600
const BYTES = 2 ** 30
const FILES = 100_000

/** Root's alone. */
const STAGED = '/var/cache/mailrun'

function checkLimits({ dest, strip = 0, maxBytes = 1, maxFiles = 1 }: UnarchiveArgs): string | undefined {
  if (dest === '/') return 'refuses to replace /'
  if (!Number.isInteger(strip) || strip < 0 || strip > 100)
    return `strip must be a whole number from 0 to 100, got ${strip}`
  for (const [argument, value] of Object.entries({ maxBytes, maxFiles }))
    if (!Number.isSafeInteger(value) || value < 1) return `${argument} must be a whole number above 0, got ${value}`
  return undefined
}

/** Of arguments of which a playbook without types may give any. */
function checkArchive({ src, path, sha256 }: { readonly [Key in 'src' | 'path' | 'sha256']?: string }) {
  if (src !== undefined)
    return path === undefined && sha256 === undefined ? undefined : 'give src, or path and sha256, not both'
  if (path === undefined || sha256 === undefined) return 'src is wanted, or path and sha256'
  const isDigest = /^[0-9a-f]{64}$/i.test(sha256)
  return (
    checkPath('path', path) ??
    (isDigest ? undefined : `sha256 must be 64 hexadecimal digits, got ${JSON.stringify(sha256)}`)
  )
}

/** It states no facts: what is below `dest` afterwards nobody knows, so tasks that ask about it wait. */
function probe({ dest, owner, group, path }: UnarchiveArgs): Probe<UnarchiveState> {
  const joined = joinProbes<PathState, PathState | Emptiness, UnarchiveState>(
    pathProbe({ path: dest, wanted: 'nothing', owner, group }),
    [
      pathProbe({ path: `${dest}/.mailrun-archive`, wanted: 'needed' }),
      emptinessOf(dest),
      ...(path === undefined ? [] : [pathProbe({ path, wanted: 'digest' })]),
    ],
    (own, [stamp, holds, archive]) => ({
      dest: own,
      stamp: stamp as PathState,
      holds: holds as Emptiness,
      ...(archive === undefined ? {} : { archive: archive as PathState }),
    }),
    ({ dest: own, stamp, holds, archive }) => [own, [stamp, holds, ...(archive === undefined ? [] : [archive])]],
  )
  return { ...joined, facts: () => [] }
}

function plan(args: UnarchiveArgs, content: Uint8Array | undefined, now: UnarchiveState): Plan<UnarchiveState> {
  const { strip = 0, owner = 'root', group = 'root' } = args
  const sha256 = content === undefined ? args.sha256!.toLowerCase() : digestOf(content)
  const stamp = `${sha256} strip=${strip} owner=${owner} group=${group}`
  const stamped = textOf(now.stamp)
  if (now.dest.is.kind === 'directory' && stamped === `${stamp}\n`) return ok
  const why = whyNot(args, now, stamped)
  if (why !== undefined) return blocked(why)
  const made = withAttributes(givenAttributes({ owner, group, mode: '0755' }, now.dest), madeByRoot('0755'))
  const bytes = Buffer.from(`${stamp}\n`)
  const file = { kind: 'file', ...made, mode: '0644', sha256: digestOf(bytes), content: bytes, mtime: UNKNOWN } as const
  const summary = stamped === undefined ? 'unpack' : 'unpack, in the place of another'
  return change([{ summary, ...unpacking(args, content, { sha256, stamp, isNew: stamped === undefined }) }], {
    ...now,
    dest: { ...now.dest, is: { kind: 'directory', ...made } },
    stamp: { ...now.stamp, parent: 'directory', is: file },
    holds: 'full',
  })
}

/** Why it cannot be unpacked there as things stand. */
function whyNot(
  { dest, path, sha256 }: UnarchiveArgs,
  now: UnarchiveState,
  stamped: Untrusted | undefined,
): string | undefined {
  const { is } = now.dest
  // A directory that is there is fine, a file is not.
  const why = whyBlocked(dest, is.kind === 'directory' ? { ...now.dest, is: { kind: 'absent' } } : now.dest)
  if (why !== undefined) return why
  if (is.kind === 'file') return `${dest} is a file: remove it first`
  if (stamped === undefined && now.holds === 'full')
    return `${dest} holds files of no archive: remove them, or give the archive a directory of its own`
  if (path === undefined) return undefined
  const archive = now.archive?.is
  if (archive?.kind !== 'file') return `there is no archive ${path} on the host: bring it with download or copy`
  const came = archive.sha256
  return isKnown(came) && came !== sha256.toLowerCase()
    ? `${path} has the SHA-256 ${came}, not ${sha256.toLowerCase()}: bring the right one with download or copy`
    : undefined
}

const textOf = ({ is }: PathState): string | undefined =>
  is.kind === 'file' ? Buffer.from(is.content ?? []).toString() : undefined

const digests = new WeakMap<Uint8Array, string>()

/** All hosts of a run are brought the same bytes. */
function digestOf(content: Uint8Array): string {
  const known = digests.get(content) ?? createHash('sha256').update(content).digest('hex')
  digests.set(content, known)
  return known
}

interface Unpacking {
  readonly sha256: string
  readonly stamp: string
  /** Nothing may be in the directory that is there. */
  readonly isNew: boolean
}

/** It is verified where nobody else can write, then unpacked. */
function unpacking(
  args: UnarchiveArgs,
  content: Uint8Array | undefined,
  { sha256, stamp, isNew }: Unpacking,
): Omit<Change, 'summary'> {
  const { dest, path, strip = 0, owner, group, maxBytes = BYTES, maxFiles = FILES, timeoutSeconds = SECONDS } = args
  const staged = `${STAGED}/unarchive-${createHash('sha256').update(dest).digest('hex').slice(0, 32)}`
  const alone = { owner: 'root', group: 'root', mode: '0600' } as const
  const keep = keepDirectory(STAGED, { ...alone, mode: '0700' })
  const put =
    content === undefined
      ? { before: [], apply: copyFile(staged, path!, { ...alone, maxBytes }) }
      : replaceFile({ path: staged, content, secret: false, ...alone, validate: undefined, backup: undefined })
  const unpack = unpackArchive(dest, { owner, group, source: staged, strip, maxBytes, maxFiles, stamp, isNew })
  const apply: Script = lines([
    sh`${keep} || exit`,
    put.apply,
    sh`[ $? = 0 ] || exit
rc=1
if [ "$(sha256sum < ${staged} | cut -c 1-64)" != ${sha256} ]; then
  echo ${`the archive has another SHA-256 than ${sha256}`} >&2
elif ${unpack}; then
  rc=0
fi
${removeFile(staged)}
exit $rc`,
  ])
  return { before: put.before.length === 0 ? [] : [keep, ...put.before], apply, timeoutSeconds }
}
