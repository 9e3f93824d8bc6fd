// Task: a file system: its line in fstab(5), and whether it is mounted.
import { checkPath } from '../src/resources/files/check-path.ts'
import { editContent } from '../src/resources/files/edit-content.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import { makeDirectory } from '../src/resources/files/program/files.ts'
import { withFile } from '../src/resources/files/with-file.ts'
import { number, oneOf, required, text } from '../src/core/task/argument.ts'
import type { Change } from '../src/core/task/change.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { blocked, ok, type Plan, type SettledPlan } from '../src/core/task/plan.ts'
import { defineProbe, type Probe } from '../src/core/probe/probe.ts'
import { UNKNOWN } from '../src/core/unknown.ts'
import { END, whole } from '../src/core/probe/whole.ts'
import { raw } from '../src/shell/script.ts'
import { sh } from '../src/shell/sh.ts'
import type { Untrusted } from '../src/shell/untrusted.ts'

interface FileSystem {
  /** What is mounted: `/dev/vdb1`, `UUID=…`, `server:/export`, `tmpfs`. */
  readonly source: string
  /** `ext4`, `nfs`, `tmpfs` */
  readonly type: string
  /** As mount(8) takes them, with commas between; left out: `defaults`. */
  readonly options?: string
  /** When fsck(8) looks at it: 1 for the root, 2 for others, 0 for never. Left out: 0. */
  readonly pass?: number
}

export type MountArgs = {
  /** Where: an absolute path. The directory is made where it is not there. */
  readonly path: string
} &
  /** `mounted`: now and at boot. `present`: its line alone. Left out: `mounted`. */
  (
    | (FileSystem & { readonly state?: 'mounted' | 'present' })
    /** `unmounted`: now; its line stays. `absent`: neither. The directory stays. */
    | ({ readonly [Key in keyof FileSystem]?: never } & { readonly state: 'unmounted' | 'absent' })
  )

export interface MountState {
  readonly fstab: PathState
  readonly point: PathState
  /** Whether something is mounted there. */
  readonly mounted: boolean
}

const FSTAB = '/etc/fstab'

/**
 * fstab(5) and mount(8). Options that change are given to what is mounted, by `remount`; another source or type is
 * taken at the next boot, or once it was unmounted.
 *
 * @ansible mount
 */
export const mount = defineTask<MountArgs, MountState>({
  type: 'mount',
  name: ({ path }) => path,
  arguments: {
    path: required(text),
    source: text,
    type: text,
    options: text,
    pass: number,
    state: oneOf('mounted', 'present', 'unmounted', 'absent'),
  },
  check: (args) =>
    checkPath('path', args.path) ??
    (/[\n\r]/.test(args.path) ? 'path must be one line' : undefined) ??
    checkGiven(args),
  probe: ({ path }) =>
    joinProbes<boolean, PathState, MountState>(
      mountedProbe(path),
      [pathProbe({ path: FSTAB, wanted: 'needed' }), pathProbe({ path, wanted: 'nothing' })],
      (mounted, [fstab, point]) => ({ mounted, fstab: fstab!, point: point! }),
      ({ mounted, fstab, point }) => [mounted, [fstab, point]],
    ),
  plan,
  writes: ({ path }) => [`path:${FSTAB}`, `path:${path}`, `mount:${path}`],
  owns: ({ path }) => [`content:${FSTAB}#mount:${path}`, `mount:${path}`],
  examples: [
    {
      title: 'A file system in memory',
      beside: 'mounts',
      args: { path: '/srv/scratch space', source: 'tmpfs', type: 'tmpfs', options: 'size=1m,mode=0700' },
      given: 'touch /etc/fstab',
    },
    {
      title: 'Other options',
      beside: 'mounts',
      args: { path: '/srv/tmp', source: 'tmpfs', type: 'tmpfs', options: 'noexec,size=1m' },
      given: `
mkdir -p /srv/tmp
printf 'tmpfs /srv/tmp tmpfs size=1m 0 0 # mine\\n' >> /etc/fstab
mountpoint -q /srv/tmp || mount /srv/tmp`,
    },
    {
      title: 'At the next boot',
      args: {
        path: '/srv/archive',
        source: 'LABEL=archive',
        type: 'ext4',
        options: 'nofail',
        pass: 2,
        state: 'present',
      },
    },
    {
      title: 'No longer',
      beside: 'mounts',
      args: { path: '/srv/former', state: 'absent' },
      given: `
mkdir -p /srv/former
printf 'tmpfs /srv/former tmpfs size=1m 0 0\\n' >> /etc/fstab
mount /srv/former`,
    },
  ],
})

/** Arguments of which a playbook without types may give any. */
type Given = { readonly [Key in keyof FileSystem]?: FileSystem[Key] | undefined } & { readonly state?: string }

function checkGiven({ source, type, options, pass, state }: Given): string | undefined {
  if (state === 'absent' || state === 'unmounted') {
    const given: readonly unknown[] = [source, type, options, pass]
    return given.some((each) => each !== undefined) ? `state: ${state} goes with nothing but path` : undefined
  }
  if (source === undefined || type === undefined) return 'source and type are wanted'
  if (!/^[^\n\r\0]{1,1000}$/.test(source) || source.startsWith('-') || source.startsWith('#'))
    return `source must be what mount(8) takes, got ${JSON.stringify(source)}`
  if (!/^[\w.,-]{1,100}$/.test(type)) return `type must be that of a file system, got ${JSON.stringify(type)}`
  if (options !== undefined && !/^[\x21-\x7e]{1,1000}$/.test(options))
    return `options must have no blanks, got ${JSON.stringify(options)}`
  return pass === undefined || [0, 1, 2].includes(pass) ? undefined : `pass must be 0, 1 or 2, got ${pass}`
}

/** fstab(5): blanks and backslashes of a field as octal numbers. */
const field = (text: string): string =>
  text.replace(/[ \t\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`)

const unescaped = (text: Untrusted): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))

const lineOf = (path: string, { source, type, options = 'defaults', pass = 0 }: FileSystem): string =>
  [field(source), field(path), type, options, 0, pass].join(' ')

/** The table with this line for the path, once; `undefined`: with none. A line that says the same stays as it is. */
function withLine(before: Untrusted, path: string, line: string | undefined): string {
  const lines = before === '' ? [] : before.replace(/\n$/, '').split('\n')
  let isThere = line === undefined
  const kept = lines.flatMap((each) => {
    const fields = each.trim().split(/[ \t]+/)
    if (each.trim().startsWith('#') || unescaped(fields[1] ?? '') !== path) return [each]
    if (isThere) return []
    isThere = true
    const isSame = [...fields, '0', '0'].slice(0, 6).join(' ') === line && !each.includes('#')
    return [isSame ? each : line!]
  })
  const after = isThere ? kept : [...kept, line!]
  return after.length === 0 ? '' : `${after.join('\n')}\n`
}

function plan(args: MountArgs, now: MountState): Plan<MountState> {
  const { path, state = 'mounted' } = args
  const { is, parent } = now.point
  const isWanted = state === 'mounted'
  if (isWanted && is.kind !== 'directory' && is.kind !== 'absent')
    return blocked(`${path} is there and is no directory`)
  if (isWanted && parent !== 'directory')
    return blocked(`the directory above ${path} is not there: make it with directory`)
  const fstab = state === 'unmounted' ? ok : fstabPlan(args, now.fstab)
  const others = mountChanges(path, state, now, fstab.kind === 'change')
  const mounted = isWanted || (state === 'present' && now.mounted)
  // What is seen there is the root of what is mounted, or what lies below it.
  const point: PathState =
    mounted === now.mounted ? now.point : { ...now.point, is: { kind: 'directory', ...NO_ANSWER } }
  return withFile(fstab, now.fstab, others, (file) => ({ fstab: file, point, mounted }))
}

function fstabPlan(args: MountArgs, now: PathState): SettledPlan<PathState> {
  const line = args.source === undefined ? undefined : lineOf(args.path, args)
  const plan = editContent(
    {
      path: FSTAB,
      owner: undefined,
      group: undefined,
      mode: undefined,
      create: true,
      needed: line !== undefined,
      validate: undefined,
      backup: false,
      edit: (before) => withLine(before, args.path, line),
    },
    now,
  )
  if (plan.kind !== 'change') return plan
  return { ...plan, changes: plan.changes.map((each) => ({ ...each, summary: `${FSTAB}: ${each.summary}` })) }
}

const NO_ANSWER = { owner: UNKNOWN, group: UNKNOWN, mode: UNKNOWN } as const

function mountChanges(path: string, state: string, now: MountState, isChanged: boolean): readonly Change[] {
  const isWanted = state === 'mounted'
  if (!isWanted) return state !== 'present' && now.mounted ? [{ summary: 'unmount', apply: sh`umount -- ${path}` }] : []
  const makes =
    now.point.is.kind === 'absent'
      ? [{ summary: `create ${path}`, apply: makeDirectory(path, { owner: 'root', group: 'root', mode: '0755' }, []) }]
      : []
  if (!now.mounted) return [...makes, { summary: 'mount', apply: sh`mount -- ${path}`, timeoutSeconds: 120 }]
  return isChanged ? [{ summary: 'remount', apply: sh`mount -o remount -- ${path}`, timeoutSeconds: 120 }] : []
}

/** By the kernel's own table: nothing is read of the file system itself. */
const mountedProbe = (path: string): Probe<boolean> =>
  defineProbe<boolean>({
    key: `mounted ${path}`,
    reads: [`mount:${path}`],
    script: sh`cut -d' ' -f5 /proc/self/mountinfo | grep -qxF -- ${field(path)} && echo yes || echo no
${raw(END)}`,
    parse: (answer) => whole(answer, `what is mounted cannot be asked for`).trim() === 'yes',
    foresee: (state) => state,
  })
