// Asks whether anything is in a directory.
import { utf8 } from '../../core/probe/answer.ts'
import type { Fact, PathFact } from '../../core/task/fact.ts'
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import { PERL_END, whole } from '../../core/probe/whole.ts'
import { perlQuote } from '../../shell/perl-quote.ts'
import { readerQuestion } from '../reader/reader.ts'

/** `absent`: there is no directory. */
export type Emptiness = 'absent' | 'empty' | 'full'

const WORDS: readonly string[] = ['absent', 'empty', 'full'] satisfies readonly Emptiness[]

const LOOK = String.raw`
sub look {
  my ($path) = @_;
  eval { enter("$path/x"); 1 } or do {
    return 'absent' if $@ =~ /: (?:No such file or directory|Not a directory)$/;
    die $@;
  };
  opendir my $list, '.' or fail("$path: $!");
  while (defined(my $each = readdir $list)) { return 'full' if $each ne '.' && $each ne '..' }
  'empty'
}
`

/** By a handle of the directory, which nobody can lead elsewhere. */
export const emptinessOf = (path: string): Probe<Emptiness> =>
  defineProbe<Emptiness>({
    key: `emptiness ${path}`,
    reads: [`path:${path}`],
    script: readerQuestion({ program: `${LOOK}print look(${perlQuote(path)});\n${PERL_END}` }),
    parse(answer) {
      const what = `what is in ${path} cannot be known`
      const text = utf8(whole(answer, what))
      if (!WORDS.includes(text)) throw new ProbeError(`${what}: ${utf8(answer.stderr).trim()}`)
      return text as Emptiness
    },
    foresee: (state, known) => foresee(path, state, known),
  })

function foresee(path: string, state: Emptiness, known: Fact): Emptiness | undefined {
  if (!known.resource.startsWith('path:')) return state
  const name = known.resource.slice('path:'.length)
  const { kind } = known.value as PathFact
  if (name === path) return kind !== 'directory' ? 'absent' : state === 'absent' ? 'empty' : state
  if (path.startsWith(`${name}/`)) return kind === 'absent' ? 'absent' : state
  if (!name.startsWith(`${path}/`)) return state
  if (kind !== 'absent') return 'full'
  return state === 'full' ? undefined : state
}
