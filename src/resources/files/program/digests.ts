// The Perl code that opens files for their digests, of the file program and of the reader. It follows only links that
// nobody but root can change.

/**
 * After `WALK`: `digests PATHS` prints for each file `fd N PATH\0`, and then calls `sums HANDLES LAST`, which the
 * program has: it prints what `sha256sum -z` says of `/proc/self/fd/N`. In batches where there are many; LAST is true
 * for the last one. What is no file, or must not be opened, is passed over.
 */
export const DIGESTS = String.raw`
sub digests {
  local $^F = 1023;
  while (@_) {
    my @in;
    for my $path (splice @_, 0, 400) {
      my $in = eval { reach($path) } or next;
      push @in, $in;
      print 'fd ', fileno $in, " $path\0";
    }
    sums(\@in, !@_);
  }
}
`
