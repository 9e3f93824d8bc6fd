// Lines of /etc/fstab: finds the one of a mount point or of a swap file, and replaces, adds or removes just that line.
// Source: fstab(5).
import type { Change } from '../../core/task/change.ts'
import { blocked, type SettledPlan } from '../../core/task/plan.ts'
import { editContent } from '../files/edit-content.ts'
import type { PathState } from '../files/path.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { raw } from '../../shell/script.ts'

export const FSTAB = '/etc/fstab'

/** The six fields of a line, decoded. */
export interface FstabEntry {
  readonly source: string
  /** `none` or `swap` of a swap file. */
  readonly path: string
  readonly fstype: string
  /** As they stand there, such as `defaults` or `nosuid,size=1m`. */
  readonly options: string
  readonly dump: string
  readonly pass: string
}

const ESCAPES: Readonly<Record<string, string>> = { ' ': '\\040', '\t': '\\011', '\n': '\\012', '\\': '\\134' }

/** A field as fstab(5) writes it: `/srv/a b` is `/srv/a\040b`. */
const encoded = (field: string): string => field.replace(/[ \t\n\\]/g, (character) => ESCAPES[character]!)

const decoded = (field: Untrusted): string =>
  field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

export const fstabLine = ({ source, path, fstype, options, dump, pass }: FstabEntry): string =>
  [source, path, fstype, options, dump, pass].map(encoded).join(' ')

/** The entry of a line; `undefined`: a comment, or a line that fstab(5) does not know. */
function entryOf(line: Untrusted): FstabEntry | undefined {
  const [source, path, fstype, options = 'defaults', dump = '0', pass = '0'] = line.trim().split(/[ \t]+/)
  if (source === undefined || source === '' || source.startsWith('#')) return undefined
  if (path === undefined || fstype === undefined) return undefined
  const all = { source, path, fstype, options, dump, pass }
  return Object.fromEntries(Object.entries(all).map(([key, field]) => [key, decoded(field)])) as unknown as FstabEntry
}

/** Whether a line is about the thing that a task manages. */
export type FstabMatch = (entry: FstabEntry) => boolean

export const ofMountPoint =
  (wanted: string): FstabMatch =>
  ({ path, fstype }) =>
    fstype !== 'swap' && path.replace(/(?!^)\/+$/, '') === wanted

export const ofSwapFile =
  (wanted: string): FstabMatch =>
  ({ source, fstype }) =>
    fstype === 'swap' && source === wanted

/** The lines of a host's fstab that match; none where it has no fstab. */
export function fstabEntries({ is }: PathState, matches: FstabMatch): readonly FstabEntry[] {
  if (is.kind !== 'file' || is.content === undefined) return []
  return Buffer.from(is.content)
    .toString()
    .split('\n')
    .map(entryOf)
    .filter((entry): entry is FstabEntry => entry !== undefined && matches(entry))
}

/** @returns the text with this entry in place of the line that matches, or at its end; for none, without such lines */
export function editFstab(text: Untrusted, matches: FstabMatch, wanted: FstabEntry | undefined): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const isOurs = (line: Untrusted): boolean => {
    const entry = entryOf(line)
    return entry !== undefined && matches(entry)
  }
  const at = lines.findIndex(isOurs)
  if (wanted === undefined) {
    if (at === -1) return text
    const others = lines.filter((line) => !isOurs(line))
    return others.length === 0 ? '' : `${others.join('\n')}\n`
  }
  const there = at === -1 ? undefined : entryOf(lines[at]!)
  if (there !== undefined && fstabLine(there) === fstabLine(wanted)) return text
  const after = at === -1 ? [...lines, fstabLine(wanted)] : lines.with(at, fstabLine(wanted))
  return `${after.join('\n')}\n`
}

/**
 * findmnt(8) looks at the new line alone: what others wrote keeps nobody from anything. A source that is not there is
 * no error for a line that the boot does not wait for. The line comes in base64: a `%s` in it would be replaced.
 */
const VALIDATE = String.raw`[ -z "$2" ] || ! command -v findmnt >/dev/null || {
  echo "$2" | base64 -d > "$run/fstab-line" || exit
  said=$(findmnt --verify --tab-file "$run/fstab-line" 2>&1)
  code=$?
  line=$(cat "$run/fstab-line")
  rm -f "$run/fstab-line"
  [ "$3" = waits ] || {
    code=0
    said=$(echo "$said" | grep -v unreachable)
  }
  wrong=$(echo "$said" | grep -F -e '[E]' -e 'parse error at' | head -n 5 | cut -c 1-300)
  [ "$code" = 0 ] && [ -z "$wrong" ] || {
    cat >&2 <<end
findmnt refuses the line "$line":
$wrong
end
    exit 1
  }
}`

/** `nofail` or `noauto`: the boot goes on without it. */
const waits = ({ options }: FstabEntry): boolean => !options.split(',').some((each) => /^(?:nofail|noauto)$/.test(each))

const checked = (entry: FstabEntry): readonly string[] => [
  Buffer.from(`${fstabLine(entry)}\n`).toString('base64'),
  waits(entry) ? 'waits' : '',
]

/** The plan that edits the one line; blocked where several lines are about the same. */
export function putFstabLine(now: PathState, matches: FstabMatch, wanted: FstabEntry | undefined) {
  const count = fstabEntries(now, matches).length
  if (wanted !== undefined && count > 1)
    return blocked(
      `${FSTAB} has ${count} lines for ${wanted.fstype === 'swap' ? wanted.source : wanted.path}: ` +
        'remove all but one',
    )
  const plan: SettledPlan<PathState> = editContent(
    {
      path: FSTAB,
      owner: undefined,
      group: undefined,
      mode: undefined,
      create: true,
      needed: wanted !== undefined,
      validate: wanted === undefined ? undefined : ['sh', '-c', VALIDATE, 'sh', '%s', ...checked(wanted)],
      backup: false,
      edit: (text) => editFstab(text, matches, wanted),
    },
    now,
  )
  return plan
}

/** The changes of a plan for fstab, named as such. */
export const fstabChanges = (plan: SettledPlan<PathState>): readonly Change[] =>
  plan.kind === 'change' ? plan.changes.map((each) => ({ ...each, summary: `fstab: ${each.summary}` })) : []

export const fstabThen = (plan: SettledPlan<PathState>, now: PathState): PathState =>
  plan.kind === 'change' ? plan.then : now

/** Shell text that prints `yes` where systemd has loaded an older fstab than the one that is there. */
export const FSTAB_OUTDATED = String.raw`if [ -d /run/systemd/system ] && [ -e /etc/fstab ] &&
  [ -n "$(find /etc/fstab -newercm /run/systemd/systemd-units-load 2>/dev/null)" ]; then echo yes; else echo no; fi`

/** systemd makes units of fstab when it loads units. */
export const LOAD_FSTAB: Change = {
  summary: 'load fstab',
  apply: raw('[ ! -d /run/systemd/system ] || systemctl daemon-reload'),
}
