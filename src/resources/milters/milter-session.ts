// The Perl code that speaks the milter protocol as Postfix does. It needs only Debian's perl-base.
import { RESOLVED } from './perl-resolve.ts'

/** Becomes the user that Postfix's daemons are. Needs `%set`, with `mail_owner`. */
export const AS_POSTFIX = String.raw`
# As Postfix's daemons are: chroot_uid() of Postfix sets uid, gid and the groups of the user.
my ($uid, $gid) = (getpwnam($set{mail_owner} || 'postfix'))[2, 3];
if (defined $uid) {
  my $owner = $set{mail_owner} || 'postfix';
  my @groups = ($gid);
  while (my ($name, undef, $id, $members) = getgrent) { push @groups, $id if grep { $_ eq $owner } split / /, $members }
  $) = join ' ', $gid, @groups;
  $> = $uid;
}`

/** For who asks by no service, and wants to know of fields alone: those that a milter adds are in `@fields`. */
export const KEEPS_FIELDS = String.raw`sub service { '' }
sub hex_of { $_[0] }
my @fields;
sub say_line {
  my ($what, @w) = @_;
  push @fields, [$w[-2], $w[-1]] if $what eq 'insert' || $what eq 'add';
}`

/**
 * `connected(MILTER, CHROOTED)` gives a socket, or why there is none; `session(ROLE, DOMAIN, HEADERS, BODY)` carries
 * one message through `$socket`, tells by `say_line` what the milter did, and gives its verdict.
 *
 * Needs `%set` (`queue_directory`, `myhostname`, `milter_macro_v`, `milter_macro_daemon_name`), `$nonce`,
 * `$submission`, and subs `service`, `hex_of` and `say_line`.
 *
 * Source: libmilter of sendmail 8.18 (mfdef.h, version 6), MILTER_README.
 */
export const MILTER_SESSION = String.raw`${RESOLVED}
sub connected {
  my ($milter, $chrooted) = @_;
  my ($socket, $to);
  if ($milter =~ /^(?:unix|local):(.*)$/) {
    my $path = $1;
    $path = $path =~ m{^/} && !$chrooted ? $path : "$set{queue_directory}/$path";
    socket($socket, PF_UNIX, SOCK_STREAM, 0) or return "$!";
    return 'its path is too long' if length $path > 107;
    $to = sockaddr_un($path);
    local $SIG{ALRM} = sub { die "timeout\n" };
    my $ok = eval { alarm 10; connect($socket, $to) or die "$!\n"; alarm 0; 1 };
    my $why = $@;
    alarm 0;
    chomp $why;
    return $ok ? $socket : "$path: $why";
  }
  return 'it is no milter that Postfix knows: inet:host:port or unix:path is wanted'
    unless $milter =~ /^inet:(?:\[?(?i:ipv6:)?(.*?)\]?:)?([\w-]+)$/;
  my ($host, $port) = (defined $1 && length $1 ? $1 : 'localhost', $2);
  my ($error, @found) = resolved($host, $port, 5);
  return "$error" unless @found;
  my $why = '';
  for my $each (@found) {
    socket($socket, $each->{family}, SOCK_STREAM, 0) or next;
    local $SIG{ALRM} = sub { die "timeout\n" };
    return $socket if eval { alarm 10; connect($socket, $each->{addr}) or die "$!\n"; alarm 0; 1 };
    $why = $@;
    alarm 0;
    chomp $why;
  }
  return $why;
}

my $socket;
sub packet {
  my ($command, $data) = @_;
  my $bytes = pack('N', 1 + length $data) . $command . $data;
  while (length $bytes) {
    my $n = syswrite $socket, $bytes;
    die "it hung up\n" unless $n;
    substr($bytes, 0, $n) = '';
  }
}
sub bytes {
  my ($want) = @_;
  my $got = '';
  while (length $got < $want) {
    my $n = sysread $socket, $got, $want - length $got, length $got;
    die "it hung up\n" unless $n;
  }
  $got
}
sub reply {
  my $length = unpack 'N', bytes(4);
  die "it answered nonsense\n" if $length < 1 || $length > 1 << 24;
  my $all = bytes($length);
  (substr($all, 0, 1), substr($all, 1))
}
sub macros {
  my ($for, @pairs) = @_;
  packet('D', $for . join '', map { "$_\0" } @pairs) if @pairs;
}
my %word = (
  c => 'continue', a => 'accept', r => 'reject', t => 'tempfail',
  d => 'discard', y => 'reply', f => 'connection-failed', 4 => 'shutdown',
);

# One message to one milter; returns the word that it ended with, or nothing where it goes on.
sub session {
  my ($role, $domain, $headers, $body) = @_;
  my ($name, undef, $client, $address, $login) = @$role;
  my $daemon = service($submission, 'milter_macro_daemon_name') if $name eq 'submission';
  $daemon = $set{milter_macro_daemon_name} unless defined $daemon && length $daemon;
  packet('O', pack 'NNN', 6, 0x1ff, 0x1fffff);
  my ($command, $data) = reply();
  die "it does not speak the milter protocol\n" unless $command eq 'O' && length $data >= 12;
  my ($version, $actions, $flags) = unpack 'NNN', $data;
  die "it speaks version $version of the milter protocol\n" if $version < 2;
  my $id = "mailrun-$nonce";
  my ($from, $at) = $name eq 'bounce' ? ('', '') : ("postmaster\@$domain", $domain);
  my $to = 'mailrun-verify@mailrun.invalid';
  my $helo = $client =~ /^\[/ ? 'client.invalid' : $client;
  $helo = $set{myhostname} if $client eq 'localhost';
  my %macros = (
    C => [
      j => $set{myhostname},
      '{daemon_name}' => $daemon,
      '{if_name}' => $set{myhostname},
      v => $set{milter_macro_v},
    ],
    M => [
      i => $id,
      ($login eq '' ? () : ('{auth_type}' => 'PLAIN', '{auth_authen}' => "$login\@$domain")),
      '{mail_addr}' => $from,
      '{mail_host}' => $at,
      '{mail_mailer}' => 'smtp',
    ],
    R => [i => $id, '{rcpt_addr}' => $to, '{rcpt_host}' => 'mailrun.invalid', '{rcpt_mailer}' => 'smtp'],
  );
  my @fields = map {
    my ($field, $value) = @$_;
    $value =~ s/^ // unless $flags & 0x100000;
    "$field\0$value\0"
  } @$headers;
  # [command, data, flag not to send it, flag not to answer it, macros]
  my @steps = (
    ['C', "$client\0" . '4' . pack('n', 40000) . "$address\0", 0x1, 0x1000, $macros{C}],
    ['H', "$helo\0", 0x2, 0x2000, []],
    ['M', "<$from>\0", 0x4, 0x4000, $macros{M}],
    ['R', "<$to>\0", 0x8, 0x8000, $macros{R}],
    ($version >= 4 ? ['T', '', 0x200, 0x10000, [i => $id]] : ()),
    (map { ['L', $_, 0x20, 0x80, []] } @fields),
    ['N', '', 0x40, 0x40000, [i => $id]],
    ['B', $body, 0x10, 0x80000, []],
  );
  for my $step (@steps) {
    my ($send, $with, $never, $silent, $macros) = @$step;
    next if $flags & $never;
    macros($send, @$macros);
    packet($send, $with);
    next if $flags & $silent;
    do { ($command, $data) = reply() } while $command eq 'p';
    next if $command eq 'c' || $command eq 's';
    return ended($command, $data);
  }
  macros('E', i => $id);
  packet('E', '');
  while (1) {
    ($command, $data) = reply();
    if ($command eq 'p') { next }
    elsif ($command eq 'i' || $command eq 'h') {
      my $index = $command eq 'i' ? unpack('N', substr $data, 0, 4, '') : 0;
      my ($field, $value) = split /\0/, $data;
      $value = '' unless defined $value;
      $value = " $value" unless $flags & 0x100000;
      if ($command eq 'i') {
        say_line('insert', $index, hex_of($field), hex_of($value));
        my $before = $index > @$headers ? @$headers : $index;
        splice @$headers, $before, 0, [$field, $value];
      }
      else {
        say_line('add', hex_of($field), hex_of($value));
        push @$headers, [$field, $value];
      }
    }
    elsif (exists $word{$command} || $command eq 'a') { return ended($command, $data) }
    else { say_line('other', unpack 'H*', $command) }
  }
}
sub ended {
  my ($command, $data) = @_;
  $data =~ s/\0.*//s;
  my $word = $word{$command} || 'nonsense';
  say_line('verdict', $word, hex_of($data));
  $word
}`
