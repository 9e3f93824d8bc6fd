// Opens files for questions: below a directory of others, root follows no link, and no FIFO blocks it.
import { quote } from '../../../shell/quote.ts'
import { DIGESTS } from './digests.ts'
import { WALK } from './walk.ts'
import { packed } from './packed.ts'

/** A trip sets the variable where one of its questions names it. */
export const READER = 'perl -e "$reader"'

/**
 * What follows {@link READER} in a question:
 *
 * - `open PATHS -- COMMAND`: becomes the command. Its words `%1`, `%2`, … are what it opens for these paths: /dev/null
 *   where there is no file, or one that must not be opened. A link of root's alone is followed, as a daemon does.
 * - `lines PATHS`: for each `absent PATH`, `file PATH` or `other PATH`, then `mark LINE` for each line.
 * - `digests PATHS`: see {@link DIGESTS}.
 * - `files BYTES PATH …`: of each regular file of at most so many bytes its content. In batches: for each file
 *   `PATH\0DESCRIPTOR\0LENGTH\0` and its bytes, the length -1 where it has more; an empty path; then what sha256sum -z
 *   tells of all. The last batch is followed by nothing.
 *
 * Descriptors are left open for what is executed.
 */
const START = String.raw`
($^F, $|) = (1023, 1);
sub regular {
  my ($path) = @_;
  enter($path);
  my ($handle, @is) = inode($name);
  return $handle ? 0 : undef if !$handle || !is_file($is[2]);
  guard($name, @is);
  content($handle);
}
sub tried {
  my ($who, $path, $by) = @_;
  my $in = eval { $by->($path) };
  my $why = $@;
  return $in if $why eq '';
  print STDERR "$who: $path: $why" if $why !~ /: No such file or directory$/;
  $why =~ /: No such file or directory$/ ? undef : 0;
}
my $how = shift;
`

const HOW = {
  digests: `${DIGESTS}digests(@ARGV) if $how eq 'digests';\n`,
  open: String.raw`
if ($how eq 'open') {
  my (@in, @at);
  while (defined(my $path = shift)) {
    last if $path eq '--';
    push @in, my $in = tried('open', $path, \&reach);
    push @at, $in ? '/dev/fd/' . fileno $in : '/dev/null';
  }
  chdir '/';
  exec map { /^%(\d)$/ ? $at[$1 - 1] : $_ } @ARGV;
}
`,
  lines: String.raw`
if ($how eq 'lines') {
  for my $path (@ARGV) {
    my $in = tried('lines', $path, \&regular);
    my ($bytes, $count) = ('', 0);
    if ($in) {
      1 while $count = sysread $in, $bytes, 1 << 16, length $bytes;
      print STDERR "lines: $path: $!\n" if !defined $count;
    }
    print !defined $in ? 'absent' : $in && defined $count ? 'file' : 'other', " $path\n";
    next if !$in || !defined $count;
    print "mark $_\n" for split /\n/, $bytes;
  }
}
`,
  files: String.raw`
if ($how eq 'files') {
  while (@ARGV) {
    my @in;
    while (@in < 200 && @ARGV) {
      my ($most, $path) = splice @ARGV, 0, 2;
      my $in = tried('sha256sum', $path, \&regular) or next;
      my ($size, $bytes) = (-s $in, '');
      if ($size <= $most) {
        1 while length $bytes < $size && sysread $in, $bytes, $size - length $bytes, length $bytes;
      }
      print "$path\0", fileno $in, "\0", $size <= $most ? length $bytes : -1, "\0$bytes";
      push @in, $in;
    }
    print "\0";
    my @sums = ('sha256sum', '-z', '--', map { '/proc/self/fd/' . fileno $_ } @in);
    next if !@in;
    exec @sums if !@ARGV;
    system @sums;
  }
}
`,
} as const

const LED = `perl -e "$reader"'`

/**
 * A question's own program of Perl, run with what {@link READER} has: `reach`, `regular`, `enter`. What follows are its
 * words.
 */
export const readerProgram = (program: string): string => `perl -e "$reader"${quote(packed(program))} -`

/** Shell text that sets the variable as these questions need it, to stand before them; none where none needs it. */
export function setReader(questions: readonly string[]): readonly string[] {
  const needed = Object.entries(HOW).filter(([how]) => questions.some((text) => text.includes(`${READER} ${how} `)))
  if (needed.length === 0 && !questions.some((text) => text.includes(LED))) return []
  return [`reader=${quote(packed([WALK, START, ...needed.map(([, program]) => program)].join('')))}`]
}
