// Asks whether anything is in a directory.
import { utf8 } from '../../core/probe/answer.ts'
import type { Fact, PathFact } from '../../core/task/fact.ts'
import { defineProbe, ProbeError, type Probe } from '../../core/probe/probe.ts'
import { END, whole } from '../../core/probe/whole.ts'
import { raw } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'
import { readerProgram } from './program/read.ts'

/** `absent`: there is no directory. */
export type Emptiness = 'absent' | 'empty' | 'full'

const WORDS: readonly string[] = ['absent', 'empty', 'full'] satisfies readonly Emptiness[]

const LOOK = String.raw`
my ($path) = @ARGV;
eval { enter("$path/x"); 1 } or do {
  my $why = $@;
  if ($why =~ /: (?:No such file or directory|Not a directory)$/) { print 'absent'; exit 0 }
  print STDERR $why;
  exit 1;
};
opendir my $list, '.' or do { print STDERR "$path: $!\n"; exit 1 };
my $some = 0;
while (defined(my $each = readdir $list)) { last if $some = $each ne '.' && $each ne '..' }
print $some ? 'full' : 'empty';
`

/** By a handle of the directory, which nobody can lead elsewhere. */
export const emptinessOf = (path: string): Probe<Emptiness> =>
  defineProbe<Emptiness>({
    key: `emptiness ${path}`,
    reads: [`path:${path}`],
    script: sh`${raw(readerProgram(LOOK))} ${path}
${raw(END)}`,
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
