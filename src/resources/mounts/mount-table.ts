// Asks what is mounted at a path, whether that is what is wanted, and what stands there.
import { utf8, type Answer } from '../../core/probe/answer.ts'
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import { END, whole } from '../../core/probe/whole.ts'
import { factAbout, type Fact } from '../../core/task/fact.ts'
import { isKnown, UNKNOWN, type Known } from '../../core/unknown.ts'
import { withWalk } from '../files/program/with-walk.ts'
import { PERL_WORDS } from '../../shell/perl-words.ts'
import { lines, raw } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { FSTAB_OUTDATED } from './fstab.ts'
import { differingOptions, isBind, type RunningOptions } from './mount-options.ts'
import { placeOf, TELL_PLACE, type Place } from './places.ts'

/** What is to be mounted; without it, only whether anything is. */
export interface WantedMount {
  readonly source: string
  readonly fstype: string
  readonly options: readonly string[]
}

export interface RunningMount {
  /** `tmpfs (tmpfs)` */
  readonly shown: Known<string>
  /** It is another source or another kind of file system than the wanted one. */
  readonly isOther: boolean
  /** Options that are wanted and not there, or there and not wanted. */
  readonly options: readonly string[]
}

export interface MountTableState {
  readonly point: Place
  /** There is something in the directory. */
  readonly filled: Known<boolean>
  /** What stands at a source that is a path of the host. */
  readonly source?: Place
  readonly mounted: RunningMount | undefined
  /** systemd mounts it when it is used (autofs). */
  readonly automount: boolean
  /** A unit of someone's own mounts there: its file. */
  readonly unit: string | undefined
  /** systemd has an older fstab than the one that is there. */
  readonly outdated: boolean
}

/** A path of the host, and no device. */
export const isPathSource = (source: string): boolean =>
  source.startsWith('/') && !source.startsWith('//') && !source.startsWith('/dev/')

const isTag = (source: string): boolean => /^(?:UUID|LABEL|PARTUUID|PARTLABEL|ID)=/.test(source)

/** What the host compares: the directory of a bind mount, the file of a loop device, a block device; else nothing. */
function comparisonOf({ source, options }: WantedMount): 'directory' | 'loop' | 'device' | 'none' {
  if (isBind(options)) return 'directory'
  if (isTag(source) || source.startsWith('/dev/')) return 'device'
  return isPathSource(source) ? 'loop' : 'none'
}

/**
 * Lines: `place …` of the path, and of the source where it is one; `auto` for an autofs; `filled`; for what is mounted
 * there last, `mount TYPE SOURCE OPTIONS SUPER SAME`, the first four in hex.
 */
const PROGRAM = String.raw`
my ($path, $source, $how) = @ARGV;
${PERL_WORDS}
${TELL_PLACE}
my $sure = place($path);
$sure &= place($source) if $how eq 'directory' || $how eq 'loop';
sub plain { $_[0] =~ s/\\([0-7]{3})/chr oct $1/ger }
sub device { (stat $_[0])[6] // -1 }
sub found {
  my ($word) = @_;
  return $word if $word =~ m{^/};
  output_of('findfs', $word);
}
sub first_line {
  open my $in, '<', $_[0] or return '';
  my $line = <$in>;
  chomp($line //= '');
  $line;
}
sub same {
  my ($number, $from) = @_;
  return 'no' if !$sure;
  if ($how eq 'directory') {
    my @one = stat $source;
    my @two = stat $path;
    return @one && @two && "@one[0, 1]" eq "@two[0, 1]" ? 'yes' : 'no';
  }
  return first_line("/sys/dev/block/$number/loop/backing_file") eq $source ? 'yes' : 'no' if $how eq 'loop';
  return '-' if $how ne 'device';
  my $is = device(found($source));
  return 'no' if $is < 0;
  my $pair = (($is >> 8) & 0xfff) . ':' . (($is & 0xff) | (($is >> 12) & 0xfff00));
  $pair eq $number || $is == device($from) ? 'yes' : 'no';
}
my @last;
open my $table, '<', '/proc/self/mountinfo' or fail("/proc/self/mountinfo: $!");
while (my $line = <$table>) {
  chomp $line;
  my ($before, $after) = split / - /, $line, 2;
  my @before = split / /, $before;
  next if plain($before[4] // '') ne $path;
  my ($type, $from, $super) = split / /, $after // '';
  if ($type eq 'autofs') { say_line('auto'); next }
  @last = ($type, plain($from), $before[5], $super // '', $before[2]);
}
if (@last) {
  say_line('mount', (map { hex_of(substr $_, 0, 4000) } @last[0 .. 3]), same($last[4], $last[1]));
} elsif ($sure && opendir my $list, $path) {
  say_line('filled') if 2 < (() = readdir $list);
}
`

/** A stat of a network file system that does not answer must not hold up all other questions. */
const SECONDS = 20

export function mountTableProbe(path: string, wanted: WantedMount | undefined): Probe<MountTableState> {
  const how = wanted === undefined ? 'none' : comparisonOf(wanted)
  const watched = wanted !== undefined && isPathSource(wanted.source) ? [`path:${wanted.source}` as const] : []
  return defineProbe<MountTableState>({
    key: `mount ${JSON.stringify([path, wanted])}`,
    reads: [`mount:${path}`, `path:${path}`, ...watched],
    script: lines([
      sh`timeout -k 5 ${SECONDS} ${withWalk(PROGRAM)} ${path} ${wanted?.source ?? ''} ${how} &&
unit=$(systemd-escape -p --suffix=mount -- ${path}) &&
systemctl show -p FragmentPath -- "$unit" && {`,
      raw(FSTAB_OUTDATED),
      raw(`${END}
}`),
    ]),
    parse: (answer) => stateOf(path, wanted, how, answer),
    foresee: (state, known) => foresee(path, wanted, state, known),
  })
}

const textOf = (hex: Untrusted): Untrusted => (hex === '-' ? '' : Buffer.from(hex, 'hex').toString('utf8'))

function stateOf(path: string, wanted: WantedMount | undefined, how: string, answer: Answer): MountTableState {
  const said = utf8(whole(answer, `what is mounted at ${path} cannot be asked for`)).split('\n')
  const places = said.map(placeOf).filter((place): place is Place => place !== undefined)
  const fragment = said.find((line) => line.startsWith('FragmentPath='))?.slice('FragmentPath='.length)
  const outdated = said.find((line) => line === 'yes' || line === 'no')
  const isPlaced = how === 'directory' || how === 'loop'
  if (places.length !== (isPlaced ? 2 : 1) || fragment === undefined || outdated === undefined)
    throw new ProbeError(`what is mounted at ${path} cannot be asked for: the answer cannot be read`)
  const line = said.find((each) => each.startsWith('mount '))
  return {
    point: places[0]!,
    ...(isPlaced ? { source: places[1]! } : {}),
    filled: said.includes('filled'),
    mounted: line === undefined ? undefined : runningOf(line, wanted),
    automount: said.includes('auto'),
    unit: /^$|^\/run\/systemd\/(?:generator|transient)/.test(fragment) ? undefined : fragment.slice(0, 500),
    outdated: outdated === 'yes',
  }
}

function runningOf(line: Untrusted, wanted: WantedMount | undefined): RunningMount {
  const [, ...fields] = /^mount ([0-9a-f]+|-) ([0-9a-f]+|-) ([0-9a-f]+|-) ([0-9a-f]+|-) (yes|no|-)$/.exec(line) ?? []
  if (fields.length !== 5) throw new ProbeError('what is mounted cannot be asked for: the answer cannot be read')
  const [fstype, source, options, superOptions] = fields.slice(0, 4).map((hex) => textOf(hex))
  const running = { fstype: fstype!, options: options!.split(','), superOptions: superOptions!.split(',') }
  const shown = `${source!} (${fstype!})`
  if (wanted === undefined) return { shown, isOther: false, options: [] }
  const isOther = !isSameType(wanted, running) || !isSameSource(wanted, source!, fields[4]!)
  return { shown, isOther, options: isOther ? [] : differingOptions(wanted.options, running) }
}

/** As which the kernel shows a type. */
const SHOWN_AS: Readonly<Record<string, readonly string[]>> = {
  nfs: ['nfs4'],
  ntfs: ['fuseblk', 'ntfs3'],
  'ntfs-3g': ['fuseblk'],
  smbfs: ['cifs'],
  smb3: ['cifs'],
}

function isSameType({ fstype, options }: WantedMount, { fstype: is }: RunningOptions): boolean {
  if (isBind(options) || fstype === 'auto' || is === fstype) return true
  return is === `fuse.${fstype}` || (SHOWN_AS[fstype] ?? []).includes(is)
}

/** @param same - what the host has compared. */
function isSameSource({ source }: WantedMount, is: Untrusted, same: Untrusted): boolean {
  if (same !== '-') return same === 'yes'
  // A bare word, as of a tmpfs, names nothing.
  return !/[:/]/.test(source) || bare(source) === bare(is)
}

const bare = (source: Untrusted): Untrusted => source.replace(/(?<=[^/:])\/+$/, '')

function foresee(
  path: string,
  wanted: WantedMount | undefined,
  state: MountTableState,
  known: Fact,
): MountTableState | undefined {
  const point = factAbout(known, 'path', path)
  if (point !== undefined) {
    if (point.value.kind !== 'directory' || state.mounted !== undefined) return undefined
    return { ...state, point: { ...state.point, kind: 'directory' }, filled: state.filled }
  }
  const source = wanted && factAbout(known, 'path', wanted.source)
  if (source !== undefined) {
    if (source.value.kind !== 'directory' || state.source === undefined) return undefined
    return { ...state, source: { ...state.source, kind: 'directory' } }
  }
  if (!known.resource.startsWith('path:')) return undefined
  const at = known.resource.slice('path:'.length)
  // A directory above, made by root, of which no way is known that others can change.
  const value = known.value as { readonly kind: string; readonly owner?: unknown; readonly mode?: Known<string> }
  const isAbove = [path, wanted?.source ?? ''].some((each) => each.startsWith(`${at}/`))
  const isRoots = value.kind === 'directory' && value.owner === 'root' && isKnown(value.mode!)
  if (isAbove) return isRoots && (Number.parseInt(value.mode, 8) & 0o22) === 0 ? state : undefined
  return at.startsWith(`${path}/`) ? { ...state, filled: state.mounted === undefined ? UNKNOWN : state.filled } : state
}
