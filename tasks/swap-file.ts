// Task `swapFile`: the kernel swaps on a file, now and at boot, or there is no such file.
import { checkPath } from '../src/resources/files/check-path.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import {
  FSTAB,
  fstabChanges,
  fstabEntries,
  fstabThen,
  LOAD_FSTAB,
  ofSwapFile,
  putFstabLine,
  type FstabEntry,
} from '../src/resources/mounts/fstab.ts'
import { whyUnsafe } from '../src/resources/mounts/places.ts'
import { swapAreaProbe, type SwapAreaState } from '../src/resources/swap/swap-area.ts'
import {
  makeSwapFile,
  removeSwapFile,
  stopSwapFile,
  sweepSwapFile,
  useSwapFile,
} from '../src/resources/swap/swap-script.ts'
import { number, oneOf, required, text } from '../src/core/task/argument.ts'
import type { Change } from '../src/core/task/change.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { blocked, change, type Plan, type SettledPlan } from '../src/core/task/plan.ts'
import { isKnown, UNKNOWN } from '../src/core/unknown.ts'

interface Sized {
  /** `512M`, `2G`: of 1024² and 1024³ bytes. A file of another size is replaced. */
  readonly size: string
  /** 0 to 32767, the highest first; left out: as it is, and for a new one as the kernel decides. */
  readonly priority?: number
}

export type SwapFileArgs = {
  /** `/swapfile`. The directories above it are there, and only root can write them. */
  readonly path: string
} & (
  | (Sized & { readonly state?: 'present' })
  /** The kernel stops to use it, its line in fstab goes, and the file. */
  | ({ readonly [Key in keyof Sized]?: never } & { readonly state: 'absent' })
)

export interface SwapFileState extends SwapAreaState {
  readonly fstab: PathState
}

/**
 * A swap file: root's alone, made by mkswap(8), in use, and in use after each boot by a line of `/etc/fstab`, as
 * systemd.swap(5) prefers it; a line that is there for the file is taken over. A new file is made beside the path and
 * tried before it counts: where the disk or the memory has no room, or the kernel does not swap there (a tmpfs, an
 * overlay, a container), all stays as it was. What is there and holds no swap area is refused, never overwritten.
 *
 * @ansible none (command)
 */
export const swapFile = defineTask<SwapFileArgs, SwapFileState>({
  type: 'swapFile',
  name: ({ path }) => path,
  arguments: {
    path: required(text),
    size: text,
    priority: number,
    state: oneOf('present', 'absent'),
  },
  check: (args) => checkFile(args.path) ?? checkSized(args),
  probe: ({ path }) =>
    joinProbes<SwapAreaState, PathState, SwapFileState>(
      swapAreaProbe(path),
      [pathProbe({ path: FSTAB, wanted: 'needed' })],
      (area, [fstab]) => ({ ...area, fstab: fstab! }),
      ({ fstab, ...area }) => [area, [fstab]],
    ),
  plan: (args, now) => (args.state === 'absent' ? remove(args.path, now) : bring(args.path, args, now)),
  writes: ({ path }) => [`path:${FSTAB}`, `path:${path}`, `swap:${path}`],
  owns: ({ path }) => [`content:${path}`, `content:${FSTAB}#swap:${path}`],
  examples: [
    { title: 'One of 1 GiB', beside: 'swap', args: { path: '/swapfile', size: '1G' } },
    {
      title: 'Used before others',
      beside: 'swap',
      args: { path: '/var/swap file', size: '64M', priority: 10 },
      given: `
fallocate -l 32M '/var/swap file'
mkswap '/var/swap file' >/dev/null
printf '%s\\n' '/var/swap\\040file swap swap defaults,pri=1 0 0' >> /etc/fstab`,
    },
    {
      title: 'No swap file',
      beside: 'mounts',
      args: { path: '/former-swap', state: 'absent' },
      given: `
fallocate -l 1M /former-swap
mkswap /former-swap >/dev/null
echo '/former-swap none swap sw 0 0' >> /etc/fstab`,
    },
  ],
})

function checkFile(path: string): string | undefined {
  const wrong = checkPath('path', path)
  if (wrong !== undefined) return wrong
  if (/[\n\r\t]/.test(path)) return `path cannot hold line feeds or tabs, got ${JSON.stringify(path)}`
  return path === '/' || /^\/(?:proc|sys|dev|run|tmp)(?:\/|$)/.test(path)
    ? `path must be a file on a disk, got ${JSON.stringify(path)}`
    : undefined
}

/** Arguments of which a playbook without types may give any. */
interface Given {
  readonly size?: string | undefined
  readonly priority?: number | undefined
  readonly state?: string
}

function checkSized({ size, priority, state }: Given): string | undefined {
  if (state === 'absent')
    return size === undefined && priority === undefined ? undefined : 'state: absent goes with nothing but path'
  if (size === undefined) return 'size is wanted'
  const bytes = bytesOf(size)
  if (bytes === undefined) return `size must be such as 512M or 2G, got ${JSON.stringify(size)}`
  if (bytes < MIB || bytes > MOST) return `size must be from 1M to 16T, got ${size}`
  const isRight = priority === undefined || (Number.isInteger(priority) && priority === Math.abs(priority))
  return isRight && (priority ?? 0) <= 32_767
    ? undefined
    : `priority must be a whole number from 0 to 32767, got ${priority}`
}

const MIB = 1024 ** 2
const MOST = 16 * 1024 ** 4

function bytesOf(size: string): number | undefined {
  const [, digits, unit] = /^(\d{1,8})([MGT])$/.exec(size) ?? []
  return digits === undefined ? undefined : Number(digits) * MIB * 1024 ** 'MGT'.indexOf(unit!)
}

function bring(path: string, args: Sized, now: SwapFileState): Plan<SwapFileState> {
  const { place, file } = now
  const unsafe = whyUnsafe('the file', path, place)
  if (unsafe !== undefined) return blocked(unsafe)
  if (place.kind !== 'absent' && file?.isSwap !== true)
    return blocked(`${path} is there and holds no swap area: move it away, or name another path`)
  const size = bytesOf(args.size)!
  const matches = ofSwapFile(path)
  const entry = entryFor(path, args, fstabEntries(now.fstab, matches)[0])
  const line = putFstabLine(now.fstab, matches, entry)
  if (line.kind === 'blocked') return line
  return change<SwapFileState>([...using(path, args, size, now), ...loaded(line, now)], {
    ...now,
    place: { kind: 'file' },
    file: { size, isRoots: true, isSwap: true, hasHoles: false },
    active: { priority: args.priority ?? (now.active && now.file?.size === size ? now.active.priority : UNKNOWN) },
    isLeft: false,
    outdated: false,
    fstab: fstabThen(line, now.fstab),
  })
}

/** Of the line that is there, its other options stay. */
function entryFor(path: string, { priority }: Sized, there: FstabEntry | undefined): FstabEntry {
  const options = (there?.options ?? 'sw').split(',').filter((option) => option !== 'noauto')
  const others = options.filter((option) => !option.startsWith('pri='))
  const all = priority === undefined ? options : [...others, `pri=${priority}`]
  const fresh = { source: path, path: 'none', fstype: 'swap', dump: '0', pass: '0' }
  return { ...(there ?? fresh), options: all.length === 0 ? 'sw' : all.join(',') }
}

/** A slow disk writes that much in a second, where the file must be written. */
const BYTES_A_SECOND = 20 * MIB

function using(path: string, { priority }: Sized, size: number, now: SwapFileState): readonly Change[] {
  const { file, active, isLeft } = now
  const timeoutSeconds = 300 + Math.ceil((size + (file?.size ?? 0)) / BYTES_A_SECOND)
  if (file === undefined)
    return [{ summary: 'create and use', apply: makeSwapFile(path, size, priority), timeoutSeconds }]
  if (file.size !== size || (file.hasHoles && active === undefined)) {
    const why = file.size === size ? 'without holes' : `${inMib(file.size)} → ${inMib(size)}`
    return [{ summary: why, apply: makeSwapFile(path, size, priority ?? kept(active)), timeoutSeconds }]
  }
  const isRight = active !== undefined && (priority === undefined || priority === active.priority)
  if (isRight && file.isRoots && !isLeft) return []
  const apply = useSwapFile(path, isRight ? undefined : priority)
  return [{ summary: useSummary(now, isRight, priority), apply, timeoutSeconds }]
}

function useSummary({ file, active }: SwapFileState, isRight: boolean, priority: number | undefined): string {
  if (active === undefined) return 'use'
  if (isRight) return file?.isRoots === true ? SWEEP : 'owner root, mode 0600'
  return `priority ${isKnown(active.priority) ? active.priority : 'of the kernel'} → ${priority}`
}

/** Of one that the kernel has not chosen: those are below 0, and nobody can set them. */
const kept = (active: SwapFileState['active']): number | undefined =>
  active !== undefined && isKnown(active.priority) && active.priority >= 0 ? active.priority : undefined

const SWEEP = 'remove what a run that was ended has left'

const inMib = (bytes: number): string => `${Math.round((bytes / MIB) * 100) / 100} MiB`

const loaded = (line: SettledPlan<PathState>, { outdated }: SwapFileState): readonly Change[] =>
  line.kind === 'change' || outdated ? [...fstabChanges(line), LOAD_FSTAB] : []

function remove(path: string, now: SwapFileState): Plan<SwapFileState> {
  const { place, file, active, isLeft } = now
  const isThere = place.kind !== 'absent'
  const unsafe = isThere || isLeft ? whyUnsafe('the file', path, place) : undefined
  if (unsafe !== undefined) return blocked(unsafe)
  if (isThere && file?.isSwap !== true) return blocked(`${path} holds no swap area: remove it with file`)
  const line = putFstabLine(now.fstab, ofSwapFile(path), undefined)
  if (line.kind === 'blocked') return line
  const stops = active === undefined ? [] : [{ summary: 'stop', apply: stopSwapFile(path), timeoutSeconds: 1800 }]
  const removes = isThere
    ? [{ summary: 'remove', apply: removeSwapFile(path) }]
    : isLeft
      ? [{ summary: SWEEP, apply: sweepSwapFile(path) }]
      : []
  return change<SwapFileState>([...stops, ...loaded(line, now), ...removes], {
    ...now,
    place: isThere ? { kind: 'absent' } : place,
    file: undefined,
    active: undefined,
    isLeft: false,
    outdated: false,
    fstab: fstabThen(line, now.fstab),
  })
}
