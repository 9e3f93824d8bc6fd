// Options of mounts: which of them a running mount shows, and whether it has them as they are wanted.
// Source: mount(8), "Filesystem-independent mount options"; proc_pid_mountinfo(5).

/** A mount that the kernel has: what is compared. */
export interface RunningOptions {
  readonly fstype: string
  /** Of the mount: `rw,nosuid,relatime`. */
  readonly options: readonly string[]
  /** Of the file system: `rw,size=1024k`. */
  readonly superOptions: readonly string[]
}

/** What an option sets: the flag as the kernel shows it, and whether it is set. */
const FLAGS: Readonly<Record<string, readonly (readonly [flag: string, on: boolean])[]>> = {
  defaults: [
    ['ro', false],
    ['nosuid', false],
    ['nodev', false],
    ['noexec', false],
  ],
  ro: [['ro', true]],
  rw: [['ro', false]],
  nosuid: [['nosuid', true]],
  suid: [['nosuid', false]],
  nodev: [['nodev', true]],
  dev: [['nodev', false]],
  noexec: [['noexec', true]],
  exec: [['noexec', false]],
  noatime: [['noatime', true]],
  atime: [['noatime', false]],
  relatime: [['noatime', false]],
  strictatime: [['noatime', false]],
  nosymfollow: [['nosymfollow', true]],
  symfollow: [['nosymfollow', false]],
  user: [
    ['nosuid', true],
    ['nodev', true],
    ['noexec', true],
  ],
  users: [
    ['nosuid', true],
    ['nodev', true],
    ['noexec', true],
  ],
  owner: [
    ['nosuid', true],
    ['nodev', true],
  ],
  group: [
    ['nosuid', true],
    ['nodev', true],
  ],
}

const BIND = ['bind', 'rbind']

export const isBind = (options: readonly string[]): boolean => options.some((option) => BIND.includes(option))

/** It changes nothing of a mount that is there. */
const isForBoot = (option: string): boolean =>
  /^(?:defaults|auto|noauto|nofail|_netdev|user|users|nouser|owner|group|x-.*|comment=.*)$/.test(option)

/** Whether two lists come to the same for a mount that is there. */
export const sameRunning = (one: readonly string[], other: readonly string[]): boolean => {
  const bare = (options: readonly string[]): string => options.filter((option) => !isForBoot(option)).join(',')
  return bare(one) === bare(other) && flagsOn(one).sort().join(',') === flagsOn(other).sort().join(',')
}

function wantedFlags(options: readonly string[]): ReadonlyMap<string, boolean> {
  const wanted = new Map<string, boolean>()
  for (const [flag, on] of options.flatMap((option) => (Object.hasOwn(FLAGS, option) ? FLAGS[option]! : [])))
    wanted.set(flag, on)
  return wanted
}

const flagsOn = (options: readonly string[]): string[] =>
  [...wantedFlags(options)].flatMap(([flag, on]) => (on ? [flag] : []))

/** A mount of its own file system on this host, which has no flag that nobody gave it. */
const givesNoFlags = ({ fstype }: RunningOptions, options: readonly string[]): boolean =>
  !isBind(options) && !/^(?:fuse|nfs|cifs|smb|9p|ceph|gluster|afs)/.test(fstype)

/** The options that are wanted and not there, or there and not wanted: `nosuid`, `exec`, `size=1m`. */
export function differingOptions(wanted: readonly string[], running: RunningOptions): readonly string[] {
  const flags = wantedFlags(wanted)
  const strict = givesNoFlags(running, wanted)
  const opposite: Readonly<Record<string, string>> = {
    ro: 'rw',
    nosuid: 'suid',
    nodev: 'dev',
    noexec: 'exec',
    noatime: 'atime',
    nosymfollow: 'symfollow',
  }
  const differing = Object.entries(opposite).flatMap(([flag, other]) => {
    const on = flags.get(flag) ?? (strict ? false : undefined)
    // A medium that cannot be written, or an error, made the whole file system read-only.
    const whole = flag === 'ro' && running.superOptions.includes('ro')
    const is = running.options.includes(flag)
    if (on === undefined || on === is || whole) return []
    return [on ? flag : other]
  })
  return [...differing, ...(running.fstype === 'tmpfs' ? wanted.filter((each) => isOther(each, running)) : [])]
}

/** Of a tmpfs: its size and its number of inodes, which the kernel shows where they are not its defaults. */
function isOther(option: string, { superOptions }: RunningOptions): boolean {
  const [key = '', value = ''] = option.split('=')
  if (key !== 'size' && key !== 'nr_inodes') return false
  const shown = superOptions.find((each) => each.startsWith(`${key}=`))?.slice(key.length + 1)
  const [wanted, is] = [amountOf(value), amountOf(shown ?? '')]
  if (wanted === undefined || is === undefined) return false
  // In pages.
  return key === 'size' ? Math.ceil(wanted / 4096) !== Math.ceil(is / 4096) : wanted !== is
}

/** `1024k`, `1m`, `4096`; `undefined` for anything else, such as `50%`. */
function amountOf(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,15})([kmgt]?)$/i.exec(text) ?? []
  return digits === undefined ? undefined : Number(digits) * 1024 ** ' kmgt'.indexOf(unit.toLowerCase() || ' ')
}

/** For a remount: what is left out is set back, as not every version of mount(8) does. */
export function remountOptions(options: readonly string[]): string {
  const own = options.filter((option) => !isForBoot(option) && !BIND.includes(option))
  const first = ['remount', ...(isBind(options) ? ['bind'] : []), 'rw', 'suid', 'dev', 'exec', 'relatime']
  return [...first, ...flagsOn(options), ...own].join(',')
}
