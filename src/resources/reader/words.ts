// The Perl code that all questions of the reader share: opening files below directories of others, running programs,
// and digests.
import { DIGESTS } from '../files/program/digests.ts'
import { WALK } from '../files/program/walk.ts'
import { PERL_WORDS } from '../../shell/perl-words.ts'

/**
 * What a question has besides {@link WALK} and {@link PERL_WORDS}:
 *
 * - `regular PATH` is a handle of the regular file there, for reading; 0 for anything else that is there, nothing
 *   where nothing is. It follows no link at the path itself.
 * - `tried WHO, PATH, BY` is what `BY->(PATH)` is; where that dies, 0, and `WHO: PATH: WHY` goes to standard error;
 *   nothing where the path does not exist.
 * - `bytes_of HANDLE, MOST`: as many of its bytes at most.
 * - `text_of PATH, MOST`: those of a file in a directory of root's alone; nothing where it cannot be read.
 * - `becomes WORDS`: the process, which must be a child, becomes this program.
 * - `has_program NAME`: whether it is there.
 * - `run_program WORDS`: runs it on the answer's own outputs, with nothing to read; its exit status, 127 where it
 *   cannot be run.
 * - `captured WORDS`: its standard output, in place of the status.
 * - `sums HANDLES`, a list by reference: for each, `DIGEST  /proc/self/fd/N` and NUL, by sha256sum(1). It reads a file
 *   once that two questions ask for, if its inode, size and times are the same.
 * - `digests PATHS`: see {@link DIGESTS}.
 * - `ended CODE`: the exit status of the answer; it does not leave the question.
 */
export const READER_WORDS = String.raw`
$^F = 1023;
${WALK}
${PERL_WORDS}
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
  my $absent = $why =~ /: No such file or directory$/;
  print STDERR "$who: $path: $why" if !$absent;
  $absent ? undef : 0;
}
sub bytes_of {
  my ($in, $most) = @_;
  my ($bytes, $left) = ('', $most);
  while ($left > 0) {
    my $count = sysread $in, $bytes, $left < 1 << 18 ? $left : 1 << 18, length $bytes or last;
    $left -= $count;
  }
  $bytes
}
sub text_of {
  sysopen my $in, $_[0], Fcntl::O_RDONLY() | Fcntl::O_NONBLOCK() or return;
  -f $in || $_[0] =~ m{^/(?:proc|sys)/} ? bytes_of($in, $_[1]) : undef
}
sub has_program { scalar grep { -x "$_/$_[0]" } split /:/, $ENV{PATH} // '' }
sub becomes {
  { exec { $_[0] } @_ }
  print STDERR "$_[0]: $!\n";
  eval { require POSIX; POSIX::_exit(127) };
  # Without a descriptor to load it by.
  kill 'KILL', $$;
}
sub run_program {
  my $pid = fork // fail("cannot fork: $!");
  if (!$pid) { chdir '/'; becomes(@_) }
  waitpid $pid, 0;
  $? & 127 ? 128 + ($? & 127) : $? >> 8
}
sub captured {
  my $pid = open(my $pipe, '-|') // fail("cannot fork: $!");
  if (!$pid) { chdir '/'; becomes(@_) }
  local $/;
  my $out = <$pipe>;
  close $pipe;
  $out // ''
}
my %digest;
sub sums {
  my ($in) = @_;
  my (%state, @new);
  for (@$in) {
    my $path = by_handle($_);
    $state{$path} = join ' ', (stat $_)[0, 1, 7, 9, 10];
    push @new, $path if !exists $digest{$state{$path}};
  }
  my $said = @new ? captured('sha256sum', '-z', '--', @new) : '';
  $digest{$state{$2}} = $1 while $said =~ /([0-9a-f]{64}) [ *]([^\0]+)\0/g;
  print map { $digest{$state{$_}} ? "$digest{$state{$_}}  $_\0" : () } map { by_handle($_) } @$in;
}
${DIGESTS}my $code;
sub ended { $code = $_[0] }
`

/** The names of these functions, which every question is given in its own package. */
export const READER_NAMES = [...READER_WORDS.matchAll(/^sub (\w+)/gm)].map(([, name]) => name!)
