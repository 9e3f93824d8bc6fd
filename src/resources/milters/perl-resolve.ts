// The Perl code that looks up a name within a time limit. It needs only Debian's perl-base.

/**
 * `resolved(HOST, PORT, SECONDS)` returns an error, then addresses in the form of getaddrinfo(3). Each name is looked
 * up once. A handler in `%SIG` would run only after the look-up, and this takes long if a name server does not answer.
 */
export const RESOLVED = String.raw`my %resolved;
sub resolved {
  my ($host, $port, $seconds) = @_;
  @{$resolved{"$host $port"} ||= do {
    my @found = ('its name is not resolved in time');
    eval {
      if ($host =~ /[^0-9a-f.:]/i && $host ne 'localhost') {
        require POSIX;
        POSIX::sigaction(POSIX::SIGALRM(), POSIX::SigAction->new(sub { die "late\n" }));
        alarm $seconds;
      }
      require Socket;
      @found = Socket::getaddrinfo($host, $port, { socktype => Socket::SOCK_STREAM() });
    };
    alarm 0;
    $SIG{ALRM} = 'DEFAULT';
    \@found
  }}
}`
