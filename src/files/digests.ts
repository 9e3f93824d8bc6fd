// The Perl that has sha256sum(1) read files, links followed as far as nobody can lead it astray by them.

/**
 * After `WALK`: `digests PATHS` prints for each file `fd N PATH\0`, and then becomes `sha256sum -z`, which tells the
 * digest of `/proc/self/fd/N`. In batches where there are many. What is no file, or must not be opened, is passed
 * over.
 */
export const DIGESTS = String.raw`
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
sub digests {
  local $^F = 1023;
  while (@_) {
    my @in;
    while (@in < 400 && @_) {
      my $path = shift;
      my $in = eval { reach($path) } or next;
      push @in, $in;
      print 'fd ', fileno $in, " $path\0";
    }
    next if !@in;
    my @sums = ('sha256sum', '-z', '--', map { '/proc/self/fd/' . fileno $_ } @in);
    exec @sums if !@_;
    system @sums;
  }
}
`
