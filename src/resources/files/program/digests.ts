// The part of the file program (Perl) that runs sha256sum(1) on files. It follows only links that nobody but root can
// change.

/**
 * After `WALK`: `digests PATHS` prints for each file `fd N PATH\0`, and then becomes `sha256sum -z`, which tells the
 * digest of `/proc/self/fd/N`. In batches where there are many. What is no file, or must not be opened, is passed
 * over.
 */
export const DIGESTS = String.raw`
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
