// The Perl program that submits messages to a host's own Postfix. It needs only Debian's perl-base.

/**
 * Reads lines behind `__END__`: `send INDEX PATH SENDER RECIPIENT MESSAGE`, text as hex, `-` for none. Prints
 * `since SECONDS`, the host's time before anything was sent, for each message `handed INDEX WORD TEXT`, and in the end
 * `end`. WORD is `taken`, `off` (4xx, or no answer), `refused` (5xx), or `closed`: nobody listens, or this way is not
 * open without a login.
 */
export const HAND_IN_CLIENT = String.raw`use strict; use warnings; use IO::Socket::INET;
$| = 1; $SIG{PIPE} = 'IGNORE';
sub text { $_[0] eq '-' ? '' : pack 'H*', $_[0] }
sub say_line { print join(' ', @_), "\n" }
sub hex_of {
  my $text = shift;
  $text =~ s/\s+/ /g;
  $text =~ s/ \z//;
  unpack('H*', substr $text, 0, 1000) || '-';
}
my ($sendmail) = grep { -x } '/usr/sbin/sendmail', '/usr/lib/sendmail';
say_line('since', time);

# Its output is what it complains of.
sub by_sendmail {
  my ($sender, $recipient, $message) = @_;
  return ('closed', 'there is no sendmail') unless defined $sendmail;
  my $child = open my $said, '-|';
  return ('off', "$!") unless defined $child;
  local $SIG{ALRM} = sub { kill 'KILL', $child; die "it does not answer in time\n" } if $child;
  if (!$child) {
    alarm 0;
    open STDERR, '>&', \*STDOUT;
    my @from = length $sender ? ('-f', $sender) : ();
    open my $to, '|-', $sendmail, '-i', @from, '--', $recipient or do { print "$!"; exit 75 };
    print $to $message;
    close $to;
    exit($? >> 8 || ($? ? 75 : 0));
  }
  my $reported = do { local $/; <$said> };
  close $said;
  my $code = $? >> 8;
  return ('taken', '') unless $?;
  my $more = defined $reported && length $reported ? ": $reported" : '';
  return ($code == 75 ? 'off' : 'refused', "sendmail ends with status $code$more");
}

sub by_smtp {
  my ($port, $sender, $recipient, $message) = @_;
  my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 10)
    or return ('closed', "nobody answers at 127.0.0.1, port $port: $!");
  my ($stage, $all) = ('', '');
  my $answer = sub {
    $all = '';
    while (1) {
      my $line = <$server>;
      die "it hung up\n" unless defined $line;
      $all .= $line;
      return substr $line, 0, 1 if $line =~ /^\d{3}(?: |\r?$)/;
      die "it answers nonsense\n" unless $line =~ /^\d{3}-/;
    }
  };
  my $tell = sub {
    $stage = shift;
    print $server "$_[0]\r\n";
    $answer->();
  };
  $message =~ s/\r?\n/\r\n/g;
  $message =~ s/^\./../mg;
  my $done = eval {
    $stage = 'greeting';
    $answer->() eq '2'
      && $tell->('EHLO', 'EHLO localhost') eq '2'
      && $tell->('MAIL FROM', "MAIL FROM:<$sender>") eq '2'
      && $tell->('RCPT TO', "RCPT TO:<$recipient>") eq '2'
      && $tell->('DATA', 'DATA') eq '3'
      && $tell->('the message', "$message.") eq '2'
      && do { print $server "QUIT\r\n"; 1 };
  };
  return ('taken', $all) if $done;
  return ('off', "$stage: $@") if length $@;
  my $shut = $all =~ /^53\d/ || ($port == 587 && $all =~ /^5.*access denied/i)
    || $all =~ /relay access denied|relaying denied|client host rejected|authentication required/i;
  return ('closed', $all) if $stage ne 'the message' && $shut;
  return ($all =~ /^4/ ? 'off' : 'refused', "$stage: $all");
}

while (<DATA>) {
  my ($send, $index, $path, @rest) = split;
  next unless defined $send && $send eq 'send';
  my @mail = map { text($_) } @rest;
  my ($word, $reported) = ('off', '');
  local $SIG{ALRM} = sub { die "it does not answer in time\n" };
  eval {
    alarm 45;
    ($word, $reported) = $path eq 'smtp' ? by_smtp(25, @mail)
      : $path eq 'submission' ? by_smtp(587, @mail)
      : by_sendmail(@mail);
    1;
  } or $reported = $@;
  alarm 0;
  say_line('handed', $index, $word, hex_of($reported));
}
say_line('end');
`
