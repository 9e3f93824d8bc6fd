// Task `mount`: a file system is mounted, now and at boot, or is not.
import { checkPath } from '../src/resources/files/check-path.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import {
  FSTAB,
  fstabChanges,
  fstabEntries,
  fstabThen,
  LOAD_FSTAB,
  ofMountPoint,
  putFstabLine,
  type FstabEntry,
} from '../src/resources/mounts/fstab.ts'
import { checkOptions, checkSource } from '../src/resources/mounts/check-mount.ts'
import { isBind, sameRunning } from '../src/resources/mounts/mount-options.ts'
import { makeMountPoint, mountNow, remount, replaceMount, unmount } from '../src/resources/mounts/mount-script.ts'
import {
  isPathSource,
  mountTableProbe,
  type MountTableState,
  type WantedMount,
} from '../src/resources/mounts/mount-table.ts'
import { whyUnsafe } from '../src/resources/mounts/places.ts'
import { listOf, number, oneOf, required, text } from '../src/core/task/argument.ts'
import type { Change } from '../src/core/task/change.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { blocked, change, remarked, type Plan, type SettledPlan } from '../src/core/task/plan.ts'
import { isKnown, UNKNOWN } from '../src/core/unknown.ts'

interface FileSystem {
  /** As fstab(5) has it: `/dev/vdb1`, `UUID=…`, `LABEL=…`, `server:/share`, a directory for `bind`, `tmpfs`. */
  readonly source: string
  /** `ext4`, `xfs`, `tmpfs`, `nfs`, …; `none` with the option `bind`. */
  readonly fstype: string
  /** Each by itself: `['nosuid', 'size=64m']`; left out: `defaults`. */
  readonly options?: readonly string[]
  /** In which order fsck(8) checks it at boot: 1 is for `/`, 2 for others; left out: 0, not at all. */
  readonly passno?: number
}

interface MountCommon {
  /** The mount point, a directory; one that is not there is made, with those above it: root's, `0755`. */
  readonly path: string
}

export type MountArgs = MountCommon &
  (
    | (FileSystem & {
        /** `mounted`: now and at boot; `present`: at boot; nothing is mounted or unmounted now. Left out: `mounted`. */
        readonly state?: 'mounted' | 'present'
      })
    /** `unmounted`: not now, its line in fstab stays; `absent`: neither now nor at boot. The directory stays. */
    | ({ readonly [Key in keyof FileSystem]?: never } & { readonly state: 'unmounted' | 'absent' })
  )

export interface MountState extends MountTableState {
  readonly fstab: PathState
}

/**
 * A file system, by a line of `/etc/fstab`; all other lines stay as they are. findmnt(8) checks the line before it is
 * there. With other options it is remounted; where the kernel refuses that, it is unmounted and mounted, but for a
 * tmpfs, which would lose its files. What is mounted is compared by source, type, `ro`, `nosuid`, `nodev`, `noexec`,
 * `noatime`, `nosymfollow`, and the size of a tmpfs; other options by the line in fstab. A mount point or a source
 * below a directory that others than root can write is refused.
 *
 * @ansible mount
 */
export const mount = defineTask<MountArgs, MountState>({
  type: 'mount',
  name: ({ path }) => path,
  arguments: {
    path: required(text),
    source: text,
    fstype: text,
    options: listOf(text),
    passno: number,
    state: oneOf('mounted', 'present', 'unmounted', 'absent'),
  },
  check: (args) => checkPoint(args.path) ?? checkFileSystem(args),
  probe: (args) =>
    joinProbes<MountTableState, PathState, MountState>(
      mountTableProbe(args.path, wantedOf(args)),
      [pathProbe({ path: FSTAB, wanted: 'needed' })],
      (table, [fstab]) => ({ ...table, fstab: fstab! }),
      ({ fstab, ...table }) => [table, [fstab]],
    ),
  plan(args, now) {
    const wanted = wantedOf(args)
    if (wanted === undefined) return remove(args, now)
    return bring(args, { ...wanted, passno: args.passno ?? 0 }, now)
  },
  writes: ({ path, state }) => [
    ...(state === 'unmounted' ? [] : [`path:${FSTAB}` as const]),
    `mount:${path}`,
    `path:${path}`,
  ],
  owns: ({ path }) => [`mount:${path}`, `content:${FSTAB}#mount:${path}`],
  examples: [
    {
      title: 'A tmpfs of 64 MiB, in which nothing can be executed',
      beside: 'mounts',
      args: {
        path: '/srv/spool in memory',
        source: 'tmpfs',
        fstype: 'tmpfs',
        options: ['nosuid', 'nodev', 'noexec', 'size=64m', 'mode=1777'],
      },
    },
    {
      title: 'A directory at a second place, read-only',
      beside: 'mounts',
      args: { path: '/srv/chroot/keys', source: '/srv/keys', fstype: 'none', options: ['bind', 'ro'] },
      given: `
mkdir -p /srv/keys /srv/chroot/keys
printf '/srv/keys /srv/chroot/keys none bind 0 0\\n' >> /etc/fstab
mount --bind /srv/keys /srv/chroot/keys`,
    },
    {
      title: 'A disk, by its UUID, that the boot does not wait for',
      beside: 'mounts',
      args: {
        path: '/srv/mail',
        source: 'UUID=0a3407de-014b-458b-b5c1-848e92a327a3',
        fstype: 'ext4',
        options: ['noatime', 'nofail'],
        passno: 2,
        state: 'present',
      },
    },
    {
      title: 'A share of a file server, mounted when it is used',
      beside: 'mounts',
      args: {
        path: '/srv/shares',
        source: 'files.example.org:/archive',
        fstype: 'nfs',
        options: ['ro', 'noauto', 'x-systemd.automount'],
        state: 'present',
      },
      given: "printf '# shares\\nfiles.example.org:/old\\t/srv/shares nfs ro 0 0\\n' >> /etc/fstab",
    },
    {
      title: 'Not now',
      beside: 'mounts',
      args: { path: '/srv/now', state: 'unmounted' },
      given: 'mkdir -p /srv/now; mount -t tmpfs none /srv/now; mount -t tmpfs none /srv/now',
    },
    {
      title: 'Neither now nor at boot',
      beside: 'mounts',
      args: { path: '/srv/former', state: 'absent' },
      given: `
mkdir -p /srv/former
printf 'none /srv/former tmpfs defaults 0 0\\n' >> /etc/fstab
mount -t tmpfs none /srv/former`,
    },
  ],
})

/** What is the kernel's, systemd's or a program's own; `/dev/shm` may have options of its own. */
const OTHERS = /^\/(?:proc|sys|dev|run)(?:\/|$)/
const SYSTEM = ['/', '/bin', '/etc', '/lib', '/lib32', '/lib64', '/libx32', '/sbin', '/usr']

function checkPoint(path: string): string | undefined {
  const wrong = checkPath('path', path)
  if (wrong !== undefined) return wrong
  if (/[\n\r\t]/.test(path)) return `path cannot hold line feeds or tabs, got ${JSON.stringify(path)}`
  return SYSTEM.includes(path) || (OTHERS.test(path) && path !== '/dev/shm')
    ? `path must be a mount point of your own: ${path} belongs to the system; change its line in fstab with lineInFile`
    : undefined
}

/** Arguments of which a playbook without types may give any. */
type Given = MountCommon & { readonly [Key in keyof FileSystem]?: FileSystem[Key] | undefined } & {
  readonly state?: string
}

function checkFileSystem({ path, source, fstype, options, passno, state }: Given): string | undefined {
  if (state === 'unmounted' || state === 'absent')
    return [source, fstype, options, passno].some((each) => each !== undefined)
      ? `state: ${state} goes with nothing but path`
      : undefined
  if (source === undefined || fstype === undefined) return 'source and fstype are wanted'
  if (fstype === 'swap') return 'fstype: swap is no mount: use swapFile'
  if (!/^[a-z0-9][\w.-]{0,60}$/i.test(fstype)) return `fstype must be such as ext4, got ${JSON.stringify(fstype)}`
  if (passno !== undefined && ![0, 1, 2].includes(passno)) return `passno must be 0, 1 or 2, got ${passno}`
  if (isBind(options ?? []) && (!isPathSource(source) || source === path))
    return `source must be another directory of the host with the option bind, got ${JSON.stringify(source)}`
  if (fstype === 'none' && !isBind(options ?? [])) return 'fstype: none goes with the option bind'
  return checkSource(source) ?? checkOptions(options ?? [])
}

function wantedOf(args: Given): WantedMount | undefined {
  const { source, fstype, options = [] } = args
  return source === undefined || fstype === undefined ? undefined : { source, fstype, options }
}

/** Directories of programs that run: what is in them is not to be hidden. */
const IN_USE = ['/boot', '/home', '/opt', '/root', '/var']

function whyBlocked(args: MountArgs, wanted: WantedMount, now: MountState): string | undefined {
  const { path } = args
  const unsafe =
    whyUnsafe('the mount point', path, now.point) ??
    (now.source === undefined ? undefined : whyUnsafe('the source', wanted.source, now.source))
  if (unsafe !== undefined) return unsafe
  if (now.point.kind === 'file' || now.point.kind === 'other') return `the mount point ${path} is no directory`
  if (now.unit !== undefined && /^\/(?:etc|run)\//.test(now.unit))
    return `${now.unit} mounts at ${path} already: remove that unit, or leave out this task`
  if (args.state === 'present') return undefined
  if (isBind(wanted.options) && now.source?.kind !== 'directory')
    return now.source?.kind === 'absent'
      ? `the source ${wanted.source} is not there: make it with directory first`
      : `the source ${wanted.source} is no directory`
  return now.mounted === undefined && now.filled === true && IN_USE.includes(path)
    ? `${path} is not empty, and what is in it would be hidden: move that to the new file system first`
    : undefined
}

type Wanted = WantedMount & { readonly passno: number }

function bring(args: MountArgs, wanted: Wanted, now: MountState): Plan<MountState> {
  const why = whyBlocked(args, wanted, now)
  if (why !== undefined) return blocked(why)
  const { path } = args
  const matches = ofMountPoint(path)
  const former = fstabEntries(now.fstab, matches)[0]
  const { source, fstype, options, passno } = wanted
  const entry: FstabEntry = {
    source,
    path,
    fstype,
    options: options.length === 0 ? 'defaults' : options.join(','),
    dump: former?.dump ?? '0',
    pass: String(passno),
  }
  const line = putFstabLine(now.fstab, matches, entry)
  if (line.kind === 'blocked') return line
  const makes = now.point.kind === 'absent' ? [{ summary: 'create', apply: makeMountPoint(path) }] : []
  const stored = loaded(line, now)
  const { changes, isBefore } = args.state === 'present' ? NONE : mounting(path, wanted, former, now)
  // Options first: a line that has them says that the mount has them, too.
  const all = isBefore ? [...makes, ...changes, ...stored] : [...makes, ...stored, ...changes]
  const mounted: MountState['mounted'] =
    args.state === 'present' ? now.mounted : { shown: UNKNOWN, isOther: false, options: [] }
  const plan = change<MountState>(
    all,
    {
      ...now,
      point: { ...now.point, kind: 'directory' },
      filled: mounted === undefined && isKnown(now.filled) && now.filled,
      mounted,
      outdated: false,
      fstab: fstabThen(line, now.fstab),
    },
    [],
    makes.length + changes.length === 0 ? [`path:${FSTAB}`] : undefined,
  )
  const hides = changes.length > 0 && now.mounted === undefined && now.filled === true
  return hides ? remarked(plan, { caution: `what is in the directory ${path} is hidden by the mount` }) : plan
}

interface Mounting {
  readonly changes: readonly Change[]
  /** They come before the line in fstab. */
  readonly isBefore: boolean
}
const NONE: Mounting = { changes: [], isBefore: false }

function mounting(path: string, wanted: Wanted, former: FstabEntry | undefined, { mounted }: MountState): Mounting {
  const timeoutSeconds = MOUNT_SECONDS
  if (mounted === undefined)
    return { changes: [{ summary: 'mount', apply: mountNow(path, wanted), timeoutSeconds }], isBefore: false }
  if (mounted.isOther) {
    const was = isKnown(mounted.shown) ? mounted.shown : 'another one'
    const summary = `mount in the place of ${was}`
    return { changes: [{ summary, apply: replaceMount(path, wanted, former), timeoutSeconds }], isBefore: false }
  }
  const isLined = former === undefined || sameRunning(former.options.split(','), wanted.options)
  if (isLined && mounted.options.length === 0) return NONE
  const summary = `remount${mounted.options.length === 0 ? '' : ` with ${mounted.options.join(', ')}`}`
  return { changes: [{ summary, apply: remount(path, wanted, former), timeoutSeconds }], isBefore: true }
}

/** A server may take a while. */
const MOUNT_SECONDS = 180

/** The line in fstab, known to systemd. */
const loaded = (line: SettledPlan<PathState>, { outdated }: MountState): readonly Change[] =>
  line.kind === 'change' || outdated ? [...fstabChanges(line), LOAD_FSTAB] : []

function remove({ path, state }: MountArgs, now: MountState): Plan<MountState> {
  if (now.unit !== undefined && state === 'absent')
    return blocked(`${now.unit} mounts at ${path}: remove or mask that unit first`)
  const isMounted = now.mounted !== undefined || now.automount
  const was = now.mounted !== undefined && isKnown(now.mounted.shown) ? ` ${now.mounted.shown}` : ''
  const unmounts = isMounted ? [{ summary: `unmount${was}`, apply: unmount(path, 'all') }] : []
  const then: MountState = {
    ...now,
    mounted: undefined,
    automount: false,
    filled: isMounted ? UNKNOWN : now.filled,
  }
  if (state === 'unmounted') return change(unmounts, then)
  const line = putFstabLine(now.fstab, ofMountPoint(path), undefined)
  if (line.kind === 'blocked') return line
  return change<MountState>(
    [...unmounts, ...loaded(line, now)],
    { ...then, outdated: false, fstab: fstabThen(line, now.fstab) },
    [],
    unmounts.length === 0 ? [`path:${FSTAB}`] : undefined,
  )
}
