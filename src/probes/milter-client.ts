// The program that asks a host's milters what they would do with a message, for the perl of Debian's perl-base: Postfix's side of the milter protocol.
import { PERL_WORDS } from './perl-words.ts'

/**
 * Reads lines behind `__END__`: `nonce N`, `own yes` where mail from the host's own name is asked about, `domain NAME`, `message HEX` (`@DOMAIN@`, `@ROLE@` and `@NONCE@` stand in it), `role NAME LISTS CLIENT-NAME CLIENT-ADDRESS LOGIN`, `-` for none.
 * Prints `set NAME HEX`, `domain NAME`, `own NAME`, `service NAME` (of master.cf, those that listen), and for each role and domain `session ROLE DOMAIN`, its milters (`milter HEX`) with what each did: `insert INDEX NAME VALUE`, `add NAME VALUE`, `other COMMAND`,
 * `verdict WORD TEXT`, `unreached WHY`; in the end `end`. Text is hex.
 *
 * It connects as the user and from the directory that Postfix does. Source: libmilter of sendmail 8.18 (mfdef.h, version 6), postconf(5), MILTER_README.
 */
export const MILTER_CLIENT = String.raw`use strict; use warnings; use Socket; use IO::Handle;
$| = 1; $SIG{PIPE} = 'IGNORE';
my (@roles, @domains, $nonce, $message, $own);
while (<DATA>) {
  my @w = split;
  next unless @w;
  if ($w[0] eq 'nonce') { $nonce = $w[1] }
  elsif ($w[0] eq 'domain') { push @domains, $w[1] }
  elsif ($w[0] eq 'own') { $own = $w[1] eq 'yes' }
  elsif ($w[0] eq 'message') { $message = pack 'H*', $w[1] }
  elsif ($w[0] eq 'role') { push @roles, [map { $_ eq '-' ? '' : $_ } @w[1 .. 5]] }
}
${PERL_WORDS}
# Postfix: what it says itself, $name expanded.
open STDERR, '>', '/dev/null';
my %set;
for (split /\n/, told(qw(postconf -x myhostname queue_directory mail_owner smtpd_milters non_smtpd_milters milter_macro_daemon_name milter_macro_v milter_default_action smtp_helo_name myorigin internal_mail_filter_classes mydestination soft_bounce luser_relay fallback_transport fallback_transport_maps))) {
  $set{$1} = $2 if /^(\w+) = ?(.*)$/;
}
unless (%set) { say_line('no-postfix'); say_line('end'); exit 0 }
unless ($> == 0) { say_line('not-root'); exit 0 }
if (($set{myorigin} || '') =~ m{^/} && open my $file, '<', $set{myorigin}) { $set{myorigin} = <$file>; $set{myorigin} = '' unless defined $set{myorigin}; $set{myorigin} =~ s/\s+\z// }
say_line('set', $_, hex_of($set{$_})) for sort keys %set;
my (%chroot, %override);
for (split /\n/, told(qw(postconf -F */*/chroot))) { $chroot{$1} = $2 if m{^(\S+/\w+)/chroot = (\S+)} }
for (split /\n/, told(qw(postconf -Px))) { $override{"$1/$2"} = $3 if m{^(\S+/\w+)/(\w+) = ?(.*)$} }
my ($submission) = grep { exists $chroot{$_} } 'submission/inet', 'submissions/inet', 'smtps/inet';
$submission = 'smtp/inet' unless defined $submission;

# Its own mail, as of cron, and bounces come from there.
my $plain = qr/(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*/;
my $origin = $own && lc($set{myorigin} || '') =~ /^($plain)$/ ? $1 : '';

# What OpenDKIM's tables name, beside what was asked for.
my %known = map { $_ => 1 } @domains;
sub also { my $each = lc $_[0]; $each =~ s/^.*\@//; push @domains, $each if $each =~ /^$plain$/ && $each ne $origin && !$known{$each}++ }
if (open my $conf, '<', '/etc/opendkim.conf') {
  while (<$conf>) {
    also($_) for /^\s*Domain\s+(.*?)\s*$/i ? grep { !m{^(?:file:|/)} } split /[\s,]+/, $1 : ();
    next unless m{^\s*SigningTable\s+(?:re)?(?:file:)?(/\S+)}i && open my $table, '<', $1;
    while (<$table>) { also($1) if /^\s*([^#\s]\S*)/ }
  }
}
say_line('domain', $_) for @domains;
say_line('own', $origin) if length $origin;
say_line('service', $_) for sort grep { m{/inet$} } keys %chroot;

# As Postfix's daemons are: chroot_uid() of Postfix sets uid, gid and the groups of the user.
my ($uid, $gid) = (getpwnam($set{mail_owner} || 'postfix'))[2, 3];
if (defined $uid) {
  my $owner = $set{mail_owner} || 'postfix';
  my @groups = ($gid);
  while (my ($name, undef, $id, $members) = getgrent) { push @groups, $id if grep { $_ eq $owner } split / /, $members }
  $) = join ' ', $gid, @groups;
  $> = $uid;
}

sub milters { my @items = $_[0] =~ /\{[^}]*\}|[^\s,]+/g; grep { length } map { s/^\{\s*//; s/[\s,}].*$//s; $_ } @items }
sub service { my ($service, $name) = @_; my $own = $override{"$service/$name"}; defined $own ? $own : defined $set{$name} ? $set{$name} : '' }

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
    my $why = $@; alarm 0;
    chomp $why;
    return $ok ? $socket : "$path: $why";
  }
  return 'it is no milter that Postfix knows: inet:host:port or unix:path is wanted' unless $milter =~ /^inet6?:\[?(.*?)\]?:([\w-]+)$/;
  my ($host, $port) = ($1, $2);
  my ($error, @found) = Socket::getaddrinfo($host, $port, { socktype => SOCK_STREAM });
  return "$error" unless @found;
  my $why = '';
  for my $each (@found) {
    socket($socket, $each->{family}, SOCK_STREAM, 0) or next;
    local $SIG{ALRM} = sub { die "timeout\n" };
    return $socket if eval { alarm 10; connect($socket, $each->{addr}) or die "$!\n"; alarm 0; 1 };
    $why = $@; alarm 0; chomp $why;
  }
  return $why;
}

my $socket;
sub packet { my ($command, $data) = @_; my $bytes = pack('N', 1 + length $data) . $command . $data; while (length $bytes) { my $n = syswrite $socket, $bytes; die "it hung up\n" unless $n; substr($bytes, 0, $n) = '' } }
sub bytes { my ($want) = @_; my $got = ''; while (length $got < $want) { my $n = sysread $socket, $got, $want - length $got, length $got; die "it hung up\n" unless $n } $got }
sub reply { my $length = unpack 'N', bytes(4); die "it answered nonsense\n" if $length < 1 || $length > 1 << 24; my $all = bytes($length); (substr($all, 0, 1), substr($all, 1)) }
sub macros { my ($for, @pairs) = @_; packet('D', $for . join '', map { "$_\0" } @pairs) if @pairs }
my %word = (c => 'continue', a => 'accept', r => 'reject', t => 'tempfail', d => 'discard', y => 'reply', f => 'connection-failed', 4 => 'shutdown');

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
  # [command, data, flag not to send it, flag not to answer it, macros]
  my @steps = (
    ['C', "$client\0" . '4' . pack('n', 40000) . "$address\0", 0x1, 0x1000, [j => $set{myhostname}, '{daemon_name}' => $daemon, '{if_name}' => $set{myhostname}, v => $set{milter_macro_v}]],
    ['H', ($client eq 'localhost' ? $set{myhostname} : $client =~ /^\[/ ? 'client.invalid' : $client) . "\0", 0x2, 0x2000, []],
    ['M', $name eq 'bounce' ? "<>\0" : "<postmaster\@$domain>\0", 0x4, 0x4000, [i => $id, ($login eq '' ? () : ('{auth_type}' => 'PLAIN', '{auth_authen}' => "$login\@$domain")), '{mail_addr}' => $name eq 'bounce' ? '' : "postmaster\@$domain", '{mail_host}' => $name eq 'bounce' ? '' : $domain, '{mail_mailer}' => 'smtp']],
    ['R', "<mailrun-verify\@mailrun.invalid>\0", 0x8, 0x8000, [i => $id, '{rcpt_addr}' => 'mailrun-verify@mailrun.invalid', '{rcpt_host}' => 'mailrun.invalid', '{rcpt_mailer}' => 'smtp']],
    ($version >= 4 ? ['T', '', 0x200, 0x10000, [i => $id]] : ()),
    (map { my ($field, $value) = @$_; $value =~ s/^ // unless $flags & 0x100000; ['L', "$field\0$value\0", 0x20, 0x80, []] } @$headers),
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
      if ($command eq 'i') { say_line('insert', $index, hex_of($field), hex_of($value)); my $at = $index > @$headers ? @$headers : $index; splice @$headers, $at, 0, [$field, $value] }
      else { say_line('add', hex_of($field), hex_of($value)); push @$headers, [$field, $value] }
    }
    elsif (exists $word{$command} || $command eq 'a') { return ended($command, $data) }
    else { say_line('other', unpack 'H*', $command) }
  }
}
sub ended { my ($command, $data) = @_; $data =~ s/\0.*//s; say_line('verdict', $word{$command} || 'nonsense', hex_of($data)); $word{$command} || 'nonsense' }

for my $role (@roles) {
  my ($name, $lists) = @$role;
  my $service = $name eq 'local' || $name eq 'bounce' ? 'cleanup/unix' : $name eq 'submission' ? $submission : 'smtp/inet';
  my $milters = service($service, $lists);
  $milters = '' if $name eq 'bounce' && service('bounce/unix', 'internal_mail_filter_classes') !~ /\bbounce\b/;
  my $chrooted = ($chroot{$service} || '') eq 'y';
  my @own = length $origin && ($name eq 'bounce' || ($name eq 'local' && !grep { $_ eq $origin } @domains)) ? ($origin) : ();
  for my $domain ($name eq 'bounce' ? () : @domains, @own) {
    say_line('session', $name, $domain);
    my $text = $message;
    $text =~ s/\@DOMAIN\@/$domain/g; $text =~ s/\@ROLE\@/$name/g; $text =~ s/\@NONCE\@/$nonce/g;
    my ($head, $body) = split /\r\n\r\n/, $text, 2;
    my @headers = map { [split /:/, $_, 2] } split /\r\n/, $head;
    for my $milter (milters($milters)) {
      say_line('milter', hex_of($milter));
      my $to = connected($milter, $chrooted);
      if (!ref $to) { say_line('unreached', hex_of($to)); last }
      $socket = $to;
      my $word;
      local $SIG{ALRM} = sub { die "it did not answer in time\n" };
      eval { alarm 20; $word = session($role, $domain, \@headers, $body); packet($_, '') for 'A', 'Q'; 1 } or do { my $why = $@; chomp $why; say_line('unreached', hex_of($why)) unless defined $word };
      alarm 0;
      close $socket;
      last unless defined $word && ($word eq 'accept' || $word eq 'continue');
    }
  }
}
say_line('end');
`
