// Makes questions in Perl, and the program that answers many of them in one process. To start a process costs a host
// more than most questions do.
import { packed } from '../files/program/packed.ts'
import type { Script } from '../../shell/script.ts'
import { READER_NAMES, READER_WORDS } from './words.ts'

/** A question in Perl. */
export interface PerlQuestion {
  /**
   * Statements that print the answer. They have {@link READER_WORDS}, and no modules but those of perl-base. If they
   * die, the message goes to standard error, and the exit status of the answer is 1.
   */
  readonly program: string
  /** In a process of its own: for a program that changes its user or its root directory, or calls `exit`. */
  readonly apart?: true
}

/** Ends the program where it is sent to a shell. */
const END_OF_PROGRAM = 'mailrun-perl'

/**
 * The question as a script. In a trip one process answers all of these; alone, each has its own.
 *
 * @example readerQuestion({ program: "print text_of('/etc/hostname', 4096);" })
 */
export function readerQuestion(question: PerlQuestion): Script {
  const perl = statements(question)
  let text: string | undefined
  const alone = (): string =>
    (text ??= `perl - <<'${END_OF_PROGRAM}'\n${START}${wrapped(perl, 'One', '')}exit $code;\n${END_OF_PROGRAM}`)
  return {
    get text() {
      return alone()
    },
    get shown() {
      return alone()
    },
    secrets: [],
    perl,
  }
}

function statements({ program, apart }: PerlQuestion): string {
  if (apart !== true) return packed(program)
  return packed(`
my $pid = fork // fail("cannot fork: $!");
if (!$pid) {
eval {
${program}
1 } or do { print STDERR $@; exit 1 };
exit 0;
}
waitpid $pid, 0;
ended($? & 127 ? 128 + ($? & 127) : $? >> 8);
`)
}

const START = packed(`${READER_WORDS}
open STDIN, '<', '/dev/null';
sub given {
my ($to) = @_;
*{"\${to}::$_"} = \\&{"main::$_"} for qw(${READER_NAMES.join(' ')});
}
sub answered {
my ($why) = @_;
print STDERR $why;
$code ||= 1 if $why ne '';
select STDOUT;
chdir '/';
}
`)

/** Each in a package of its own, because two may use one name; `after` is what follows the answer. */
const wrapped = (perl: string, name: string, after: string): string => `{
package Question${name};
BEGIN { main::given(__PACKAGE__) }
ended(0);
main::answered(eval {
${perl}1 } ? '' : $@);
${after}}
`

/**
 * The program that answers these questions one after the other. Before each but the first, and after each, it prints
 * the frame that a trip has there.
 *
 * @param mark - of the trip.
 * @param more - whether another question follows the last of them.
 */
export const readerProgram = (mark: string, questions: readonly string[], more: boolean): string =>
  [
    START,
    ...questions.map((perl, index) => {
      const asks = more || index + 1 < questions.length ? `\\n${mark} ask ${index + 1}\\n` : ''
      const after = `$| = 1;
print "\\n${mark} answered ${index} $code\\n${asks}";
$| = 0;
print STDERR "\\n${mark} answered ${index}\\n";
`
      return wrapped(perl, String(index), after)
    }),
  ].join('')
