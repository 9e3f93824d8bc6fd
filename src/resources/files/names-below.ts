// Asks what is below a directory: names and kinds, without following any link.
import { utf8 } from '../../core/probe/answer.ts'
import type { Fact, PathFact } from '../../core/task/fact.ts'
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import { PERL_END, whole } from '../../core/probe/whole.ts'
import { perlQuote } from '../../shell/perl-quote.ts'
import { refuseOtherFind } from './gnu-find.ts'
import { readerQuestion } from '../reader/reader.ts'

/** Of a directory that holds more, so many are asked for. */
export const NAMES_AT_MOST = 20_000

export interface NamesBelow {
  /** Below the directory, sorted, with the letter of find(1) for its kind; none where it is not there. */
  readonly names: readonly { readonly path: string; readonly kind: string }[]
  /** There are more than {@link NAMES_AT_MOST}. */
  readonly more: boolean
}

/** By a handle of the directory, which nobody can lead elsewhere. */
const LIST = String.raw`
sub list {
  my ($path, $most) = @_;
  eval { enter("$path/x"); 1 } or do {
    print STDERR "find: $path: $@" if $@ !~ /: (?:No such file or directory|Not a directory)$/;
    return;
  };
  # In the directory where it stands.
  my $pid = open(my $names, '-|') // fail("cannot fork: $!");
  becomes(qw(find -P . -mindepth 1 -printf), '%y %P\0') if !$pid;
  local $/ = "\0";
  while ($most-- > 0 && defined(my $name = <$names>)) { print $name }
}
`

/** @example namesBelow('/etc/cron.d') // its state: names, each with its kind */
export const namesBelow = (path: string): Probe<NamesBelow> =>
  defineProbe<NamesBelow>({
    key: `names below ${path}`,
    reads: [`path:${path}`],
    script: readerQuestion({ program: `${LIST}list(${perlQuote(path)}, ${NAMES_AT_MOST + 1});\n${PERL_END}` }),
    parse(answer) {
      const text = utf8(whole(answer, `what is below ${path} cannot be known`))
      refuseOtherFind(utf8(answer.stderr))
      const failed = /^find: .*$/m.exec(utf8(answer.stderr))
      if (failed) throw new ProbeError(`what is below ${path} cannot be known: ${failed[0]}`)
      const found = text.split('\0').slice(0, -1)
      const names = found.slice(0, NAMES_AT_MOST).map((each) => ({ kind: each.slice(0, 1), path: each.slice(2) }))
      return { names: sorted(names), more: found.length > NAMES_AT_MOST }
    },
    foresee: (state, known) => foresee(path, state, known),
  })

const sorted = (names: NamesBelow['names']): NamesBelow['names'] =>
  [...names].sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0))

/** The same with, or without, a name. */
export const withName = ({ names, more }: NamesBelow, path: string, kind: string | undefined): NamesBelow => {
  const others = names.filter((each) => each.path !== path && !(kind === undefined && each.path.startsWith(`${path}/`)))
  return { names: kind === undefined ? others : sorted([...others, { path, kind }]), more }
}

const KINDS: Readonly<Record<PathFact['kind'], string | undefined>> = {
  absent: undefined,
  file: 'f',
  directory: 'd',
  symlink: 'l',
  other: undefined,
}

function foresee(path: string, state: NamesBelow, known: Fact): NamesBelow | undefined {
  if (!known.resource.startsWith('path:')) return state
  const name = known.resource.slice('path:'.length)
  const { kind } = known.value as PathFact
  if (name === path || path.startsWith(`${name}/`)) return kind === 'absent' ? { names: [], more: false } : state
  if (!name.startsWith(`${path}/`)) return state
  return kind === 'other' ? undefined : withName(state, name.slice(path.length + 1), KINDS[kind])
}
