// Asks about a swap file: what stands at its path, whether that is a swap area, and whether the kernel uses it.
import { utf8, type Answer } from '../../core/probe/answer.ts'
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import { END, whole } from '../../core/probe/whole.ts'
import { factAbout, type Fact } from '../../core/task/fact.ts'
import type { Known } from '../../core/unknown.ts'
import { withWalk } from '../files/program/with-walk.ts'
import { FSTAB_OUTDATED } from '../mounts/fstab.ts'
import { placeOf, TELL_PLACE, type Place } from '../mounts/places.ts'
import { PERL_WORDS } from '../../shell/perl-words.ts'
import { lines, raw } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export interface SwapAreaFile {
  /** In bytes. */
  readonly size: number
  /** It is root's, and nobody else's to read. */
  readonly isRoots: boolean
  /** It begins as mkswap(8) has it. */
  readonly isSwap: boolean
  /** Parts of it are not on the disk: swapon(8) refuses it. */
  readonly hasHoles: boolean
}

export interface SwapAreaState {
  readonly place: Place
  /** Where a regular file is there. */
  readonly file: SwapAreaFile | undefined
  /** Its priority, where the kernel uses it. */
  readonly active: { readonly priority: Known<number> } | undefined
  /** A run that was killed has left a file beside it. */
  readonly isLeft: boolean
  /** systemd has an older fstab than the one that is there. */
  readonly outdated: boolean
}

/**
 * Perl: whether a file has the mark of a swap area at the end of its first page, and what proc_swaps(5) says of a path:
 * `SIZE USED PRIORITY`, in KiB.
 */
export const SWAP_WORDS = String.raw`
sub is_swap {
  my ($in) = @_;
  require POSIX;
  my $from = POSIX::sysconf(POSIX::_SC_PAGESIZE()) - 10;
  sysseek $in, $from, 0 and sysread $in, my $mark, 10 or return 0;
  $mark eq 'SWAPSPACE2';
}
sub used_area {
  my ($path) = @_;
  open my $table, '<', '/proc/swaps' or return;
  while (my $line = <$table>) {
    my ($of, undef, @numbers) = split ' ', $line;
    $of =~ s/\\([0-7]{3})/chr oct $1/ge;
    return @numbers if $of eq $path;
  }
  return;
}
`

const PROGRAM = String.raw`
my ($path) = @ARGV;
${PERL_WORDS}
${TELL_PLACE}
${SWAP_WORDS}
place($path);
eval {
  enter($path);
  say_line('left') if grep { inode(".$name.mailrun-$_") } 'new', 'old';
  my ($handle, @is) = inode($name) or return;
  return if !is_file($is[2]);
  guard($name, @is);
  my $roots = $is[4] == 0 && $is[5] == 0 && ($is[2] & 07777) == 0600;
  say_line('file', $is[7], $roots ? 1 : 0, is_swap(content($handle)) ? 1 : 0, $is[12] * 512 < $is[7] ? 1 : 0);
  my @used = used_area($path);
  say_line('used', $used[2]) if @used;
};
`

export const swapAreaProbe = (path: string): Probe<SwapAreaState> =>
  defineProbe<SwapAreaState>({
    key: `swap file ${path}`,
    reads: [`swap:${path}`, `path:${path}`],
    script: lines([
      sh`${withWalk(PROGRAM)} ${path} && {`,
      raw(FSTAB_OUTDATED),
      raw(`${END}
}`),
    ]),
    parse: (answer) => stateOf(path, answer),
    foresee: (state, known) => foresee(path, state, known),
  })

function stateOf(path: string, answer: Answer): SwapAreaState {
  const said = utf8(whole(answer, `the swap file ${path} cannot be asked for`)).split('\n')
  const place = said.map(placeOf).find((each) => each !== undefined)
  const outdated = said.find((line) => line === 'yes' || line === 'no')
  const file = matching(/^file (\d{1,15}) ([01]) ([01]) ([01])$/, said)
  const used = matching(/^used (-?\d{1,5})$/, said)
  const isLacking = place?.kind === 'file' && place.refused === undefined && file === undefined
  if (place === undefined || outdated === undefined || isLacking)
    throw new ProbeError(`the swap file ${path} cannot be asked for: the answer cannot be read`)
  return {
    place,
    file: file && {
      size: Number(file[1]),
      isRoots: file[2] === '1',
      isSwap: file[3] === '1',
      hasHoles: file[4] === '1',
    },
    active: used && { priority: Number(used[1]) },
    isLeft: said.includes('left'),
    outdated: outdated === 'yes',
  }
}

const matching = (pattern: RegExp, said: readonly Untrusted[]): RegExpExecArray | undefined =>
  said.map((line) => pattern.exec(line)).find((match) => match !== null) ?? undefined

/** A directory that is made above it changes nothing; what else becomes of its path must be asked for. */
const foresee = (path: string, state: SwapAreaState, known: Fact): SwapAreaState | undefined => {
  const own = factAbout(known, 'path', path)
  const isRoots = (known.value as { readonly owner?: unknown } | undefined)?.owner === 'root'
  return own === undefined && isRoots ? state : undefined
}
