// The part of the file program (Perl) that enters a file's directory, part by part, by handles and relative names, so
// that nobody can redirect it.

/**
 * Defines, for the program that follows it (perl-base of Debian, no module but Fcntl):
 *
 * - `enter PATH` stands in the directory of an absolute path, with its last part in `$name`. It goes part by part. A
 *   symbolic link is followed only where root alone can write the directory that holds it: there nobody can change it
 *   meanwhile. `$loose` tells that others can write the directory in which it stands.
 * - `inode NAME` opens what stands there, whatever it is, itself: a handle and what fstat(2) says, or nothing. A FIFO
 *   does not hang it (O_PATH).
 * - `guard NAME STAT` refuses a file with several names where others can write the directory: one of these may be a
 *   name of root's.
 * - `content HANDLE` opens a regular file of `inode` for reading: the same file, by whatever name it goes by then.
 * - `reach PATH` is a handle of the regular file there, for reading, or nothing. A link at the path itself is followed
 *   as those on the way are.
 * - `fail WHY` dies of it.
 *
 * Who is not root trusts itself as well as root: its links are its own business.
 *
 * Source: open(2) O_PATH, path_resolution(7), proc_pid_fd(5). O_PATH is the same on all of Debian's architectures, and
 * Fcntl does not have it.
 */
export const WALK = String.raw`
require Fcntl;
my ($PATH, $NF) = (0x200000, Fcntl::O_NOFOLLOW());
my ($whole, $name, $at, $loose, $below, @dir);
sub fail { die "$_[0]\n" }
sub who { (getpwuid $_[0])[0] // $_[0] }
sub trusted { $_[0] == 0 || $_[0] == $> }
sub look {
  @dir = stat '.' or fail("$at: $!");
  my $others = $> && $dir[5] == $) + 0 ? 02 : 022;
  $loose = !trusted($dir[4]) || $dir[2] & $others;
  $below ||= $loose && ($at || '/') . ', which ' . writers() . ' can write';
}
sub top {
  chdir '/' or fail("/: $!");
  ($at, $below) = ('', 0);
  look();
}
sub writers { trusted($dir[4]) ? 'others than ' . who($>) : who($dir[4]) }
sub enter {
  ($whole) = @_;
  my @parts = grep { length } split m{/}, $whole;
  $name = pop(@parts) // '.';
  my $links = 0;
  top();
  while (@parts) {
    my $part = shift @parts;
    next if $part eq '.' || $part eq '';
    if ($part eq '..') {
      fail("refused: $whole leads out of $at by '..', below $below: name the directory that it leads to") if $below;
      chdir '..' or fail("$at/..: $!");
      $at =~ s{/[^/]*$}();
      look();
      next;
    }
    lstat $part or fail("cannot go to $at/$part: $!");
    if (-l _) {
      fail("refused: $at/$part is a symbolic link, and "
        . writers() . " can write $at: no link is followed there; name the directory that it leads to") if $loose;
      fail("$whole: Too many levels of symbolic links") if ++$links > 40;
      my $to = readlink $part;
      unshift @parts, split m{/}, $to;
      top() if $to =~ m{^/};
      next;
    }
    sysopen my $into, $part, $PATH | $NF | Fcntl::O_DIRECTORY() or fail("cannot go to $at/$part: $!");
    chdir $into or fail("cannot go to $at/$part: $!");
    $at .= "/$part";
    look();
  }
}
sub inode {
  my ($name) = @_;
  sysopen my $handle, $name, $PATH | $NF or do {
    return if $! == 2;
    fail("cannot look at $at/$name: $!");
  };
  my @is = stat $handle or fail("cannot look at $at/$name: $!");
  ($handle, @is);
}
sub type { $_[0] & 0170000 }
sub is_file { type($_[0]) == 0100000 }
sub is_dir { type($_[0]) == 0040000 }
sub is_link { type($_[0]) == 0120000 }
sub guard {
  my ($name, @is) = @_;
  return if !$loose || is_dir($is[2]) || $is[3] < 2;
  return if $is[4] == $dir[4] && !trusted($is[4]) && !($dir[2] & 022);
  fail("refused: $at/$name has other names (hard links), and " . writers() . " can write $at: remove the others");
}
sub by_handle { '/proc/self/fd/' . fileno $_[0] }
sub content {
  my ($handle) = @_;
  sysopen my $in, by_handle($handle), Fcntl::O_RDONLY() | Fcntl::O_NONBLOCK() or fail("cannot read $at/$name: $!");
  $in;
}
sub reach {
  my ($path) = @_;
  for (1 .. 40) {
    enter($path);
    my ($handle, @is) = inode($name);
    return if !$handle;
    if (is_link($is[2])) {
      fail("refused: $path is a symbolic link, and " . writers() . " can write $at") if $loose;
      my $to = readlink $name;
      $path = $to =~ m{^/} ? $to : "$at/$to";
      next;
    }
    return if !is_file($is[2]);
    guard($name, @is);
    return content($handle);
  }
}
`
