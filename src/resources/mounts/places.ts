// Asks where a path leads that mount(8) or swapon(8) is given by its name: only root may decide that, as it is followed
// at each boot, too.
import type { Untrusted } from '../../shell/untrusted.ts'

/** What stands at a path. */
export interface Place {
  readonly kind: 'absent' | 'directory' | 'file' | 'symlink' | 'other'
  /** Why root cannot name it: others can change where it leads. */
  readonly refused?: Untrusted
  /** The path without symbolic links, where it is another one. */
  readonly leadsTo?: Untrusted
}

/**
 * Perl that defines `place(PATH)`, which prints the line that {@link placeOf} reads, and returns whether root can name
 * it.
 */
export const TELL_PLACE = String.raw`
sub place {
  my ($path) = @_;
  my ($kind, $refused, $to) = ('absent', '', '');
  my $found = eval {
    enter($path);
    $to = "$at/$name" if "$at/$name" ne $path;
    my ($handle, @is) = inode($name);
    $kind = !$handle ? 'absent' : is_dir($is[2]) ? 'directory' : is_file($is[2]) ? 'file'
      : is_link($is[2]) ? 'symlink' : 'other';
    1;
  };
  if (!$found) {
    my $why = $@;
    chomp $why;
    $refused = $why if $why !~ /: No such file or directory$/;
  }
  $refused = $below if $below && $refused eq '';
  say_line('place', $kind, hex_of($refused), hex_of($to));
  $refused eq '';
}
`

const KINDS = ['absent', 'directory', 'file', 'symlink', 'other'] as const

/** @returns `undefined` where it is no such line */
export function placeOf(line: Untrusted): Place | undefined {
  const [, word, refused, to] = /^place (\w+) ([0-9a-f]+|-) ([0-9a-f]+|-)$/.exec(line) ?? []
  const kind = KINDS.find((each) => each === word)
  if (kind === undefined) return undefined
  return {
    kind,
    ...(refused === '-' ? {} : { refused: textOf(refused!) }),
    ...(to === '-' ? {} : { leadsTo: textOf(to!) }),
  }
}

const textOf = (hex: Untrusted): Untrusted => Buffer.from(hex, 'hex').toString('utf8').slice(0, 1000)

/** Why a path cannot be given to root by its name; `undefined`: it can. @param what - `the mount point` */
export function whyUnsafe(what: string, path: string, { kind, refused, leadsTo }: Place): string | undefined {
  if (refused?.startsWith('refused: ')) return `${what} ${path}: ${refused.slice('refused: '.length)}`
  if (refused !== undefined)
    return (
      `${what} ${path} is below ${refused}: whoever can, decides what root gets there; ` +
      'name a path whose directories only root can write'
    )
  if (kind === 'symlink') return `${what} ${path} is a symbolic link: name the path that it leads to`
  return leadsTo === undefined ? undefined : `${what} ${path} leads to ${leadsTo}: name that path`
}
