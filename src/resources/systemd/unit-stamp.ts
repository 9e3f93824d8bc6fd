// The stamp of a unit: a file on the host that proves which start of the unit has loaded which files, with digest and
// time.
import { createHash } from 'node:crypto'
import { FILES } from '../files/program/files.ts'
import { quote } from '../../shell/quote.ts'
import { raw, type Script } from '../../shell/script.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/** The path of the proof which files a unit loaded when it started. */
export const startStamp = (unit: string): string => `/run/mailrun/stamps/${unit}`

/**
 * The path of the proof that a reload loaded exactly these files. It is not the same as that of the start, because a
 * reload proves nothing about files that only a start reads.
 */
export const reloadStamp = (unit: string, files: readonly string[]): string =>
  `${startStamp(unit)}.reload-${createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12)}`

/** Of one stamp: a hundred thousand files. */
export const STAMP_BYTES = 32 << 20

/**
 * Shell text of a step that prints times and digests of files in the form of the stamp. A directory stands for the
 * files in it; links are followed. A file that disappears meanwhile, and a loop of links, are left out.
 *
 * `$d` has more paths, separated by spaces.
 */
export const fileStates = (paths: readonly string[]): Script => statesScript(paths, `perl ${FILES} digests / --`)

const statesScript = (paths: readonly string[], digests: string): Script =>
  raw(
    [
      'set -f; set --; k=',
      `for p in ${['$d', ...paths.map(quote)].join(' ')}; do`,
      '  [ -e "$p" ] && set -- "$@" "$p" && if [ -L "$p" ] || [ -d "$p" ]; then k=1; fi',
      'done',
      `[ $# = 0 ] || find -L "$@" -type f -printf '%T@ %C@ %p\\0' -exec ${digests} {} + || :`,
      // A link with another target counts as a new file.
      `[ -z "$k" ] || find "$@" -type l -printf 'link %C@ %p\\0' || :`,
      'set +f',
    ].join('\n'),
  )

/**
 * The same in Perl, for a question: `file_states PATHS`. It runs find(1), because Perl's own stat has no more than
 * seconds.
 */
export const FILE_STATES = String.raw`
sub file_states {
  my @paths = grep { -e $_ } @_ or return;
  my $found = captured('find', '-L', @paths, qw(-type f -printf), '%T@ %C@ %p\0');
  print $found;
  digests(map { /^\S+ \S+ (.*)/s ? $1 : () } split /\0/, $found);
  run_program('find', @paths, qw(-type l -printf), 'link %C@ %p\0') if grep { -l $_ || -d $_ } @paths;
}
`

export interface FileState {
  /** Nanoseconds, in decimal. */
  readonly mtime: string
  /** The time of the file or, if that is later, of a link to it. */
  ctime: bigint
  digest: string
}

/** By path; bytes in latin1. */
export type States = ReadonlyMap<string, FileState>

export interface Stamp {
  readonly invocations: string
  /** What it tells of, there or not: files as they were asked for, and the unit's own definition. */
  readonly asked: ReadonlySet<string>
  readonly defined: ReadonlySet<string>
  readonly states: States
}

/** Parses the output of {@link fileStates}, split at its NULs. */
export function statesOf(entries: readonly Untrusted[]): States {
  const states = new Map<string, FileState>()
  const open = new Map<string, string>()
  for (const entry of entries) {
    const times = /^(\d+)\.(\d{9})\d* (\d+)\.(\d{9})\d* (.*)$/s.exec(entry)
    if (times)
      states.set(times[5]!, { mtime: `${times[1]}${times[2]}`, ctime: BigInt(`${times[3]}${times[4]}`), digest: '' })
    const descriptor = /^fd (\d+) (.*)$/s.exec(entry)
    if (descriptor) open.set(`/proc/self/fd/${descriptor[1]}`, descriptor[2]!)
    const digest = /^([0-9a-f]{64}) .(.*)$/s.exec(entry)
    const state = digest && states.get(open.get(digest[2]!) ?? digest[2]!)
    if (state) state.digest = digest[1]!
    const link = /^link (\d+)\.(\d{9})\d* (.*)$/s.exec(entry)
    if (!link) continue
    const changed = BigInt(`${link[1]}${link[2]}`)
    for (const [path, behind] of states) if (covers(link[3]!, path) && behind.ctime < changed) behind.ctime = changed
  }
  return states
}

/** Stamps by path. Only complete ones: a stamp that was cut short or has another form proves nothing. */
export function readStamps(entries: readonly Untrusted[]): ReadonlyMap<string, Stamp> {
  const stamps = new Map<string, Stamp>()
  let from = 0
  entries.forEach((entry, index) => {
    if (entry !== '.end') return
    const [head = '', ...rest] = entries.slice(from, index)
    const [path = '', invocations] = head.split('\n')
    const reported = (word: string): ReadonlySet<string> =>
      new Set(rest.filter((each) => each.startsWith(word)).map((each) => each.slice(word.length)))
    if (invocations !== undefined)
      stamps.set(path, {
        invocations,
        asked: reported('asked '),
        defined: reported('defined '),
        states: statesOf(rest),
      })
    from = index + 1
  })
  return stamps
}

/** Whether `path` is `asked`, or is inside it. */
export const covers = (asked: Untrusted, path: string): boolean =>
  path === asked || path.startsWith(asked === '/' ? asked : `${asked}/`)
