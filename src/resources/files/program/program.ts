// The file program (Perl). It makes, replaces, owns, links, keeps and removes every file of a host, and follows no link
// that another user of the host can make.
import { once } from '../../../text/once.ts'
import { CORE } from './core.ts'
import { DIGESTS } from './digests.ts'
import { OWN } from './own.ts'
import { packed } from './packed.ts'
import { PUT } from './put.ts'
import { SETS } from './sets.ts'
import { UNPACK } from './unpack.ts'
import { WALK } from './walk.ts'

const REST = String.raw`
sub remove {
  enter($target);
  unlink $name or $! == 2 or advised("cannot remove $target");
}
sub remove_directory {
  enter($target);
  rmdir $name or advised("cannot remove $target");
}
sub remove_tree {
  enter($target);
  exec 'rm', '-rf', '--one-file-system', '--', "./$name";
}
# Of root's own directories.
sub clear {
  exec 'rm', '-rf', '--one-file-system', '--', @run;
}
sub symbolic {
  enter($target);
  $temp = temp_name($name);
  unlink $temp;
  symlink $set{to}, $temp or fail("cannot make $at/$temp: $!");
  live($name);
}
sub touch {
  enter($target);
  exec 'touch', '-ch', '-d', $set{date}, '--', "./$name";
}
sub read_file {
  enter($target);
  my ($in) = file_at($name) or fail("cannot read $target: it is not there");
  binmode STDOUT;
  print all_of($in);
}
sub sums {
  my ($in, $is_last) = @_;
  return if !@$in;
  my @sums = ('sha256sum', '-z', '--', map { by_handle($_) } @$in);
  exec @sums if $is_last;
  system @sums;
}
sub each_of {
  my @words = (@run, ',');
  my @one;
  for my $word (@words) {
    if ($word ne ',') { push @one, $word; next }
    done(splice @one) if @one;
  }
}
my %verbs = (
  each => \&each_of, clear => \&clear,
  put => \&put, home => \&home, piece => \&piece, lines => \&lines, make => \&make, copy => \&copy, settle => \&settle,
  discard => \&discard, merge => \&merge, compile => \&compile, flush => \&flush, move => \&move, stamp => \&stamp,
  own => \&own, tree => \&tree, directory => \&directory, remove => \&remove, symlink => \&symbolic,
  'remove-directory' => \&remove_directory, 'remove-tree' => \&remove_tree, read => \&read_file, touch => \&touch,
  unpack => \&unpack_archive,
  digests => sub { digests(@run) },
);
sub done {
  asked(@_);
  ($verbs{$verb} // fail("files: there is no verb $verb"))->();
  # It stands in the directory in which these are.
  swept();
}
umask 077;
eval { done(splice @ARGV); 1 } or do {
  print STDERR $@;
  exit 1;
};
`

const UNPACKS = /\bfiles" unpack /
const program = [WALK, DIGESTS, CORE, PUT, SETS, OWN]

/** The whole program; `files.ts` writes what is asked of it. */
export const FILES_PROGRAM = packed([...program, UNPACK, REST].join(''))
const withoutUnpack = once(() =>
  packed([...program, 'sub unpack_archive { fail("files: it cannot unpack") }\n', REST].join('')),
)

/** What a trip brings to the host where one of its steps needs the program: its largest part only where one unpacks. */
export const filesProgram = (steps: readonly string[]): string =>
  steps.some((text) => UNPACKS.test(text)) ? FILES_PROGRAM : withoutUnpack()
