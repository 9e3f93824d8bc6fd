// The Perl code that looks up a name within a time limit. It needs only Debian's perl-base.

/**
 * `resolved(HOST, PORT, SECONDS)`: an error, then addresses as getaddrinfo(3) gives them; each name is looked up once.
 * A handler in `%SIG` would wait until the look-up has come to its end, which a name server that does not answer draws
 * out.
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
      @found = Socket::getaddrinfo($host, $port, { socktype => SOCK_STREAM });
    };
    alarm 0;
    $SIG{ALRM} = 'DEFAULT';
    \@found
  }}
}`
