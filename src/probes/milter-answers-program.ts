// The program that speaks to every milter which a Postfix names, for the perl of Debian's perl-base.

/**
 * Reads main.cf and master.cf of each instance by itself, so that it needs no other process, and takes what any list of
 * milters may lead to: whether a service really asks it, others judge.
 *
 * It connects as Postfix's user, for services in a chroot from inside it, to all at once, and greets each as Postfix
 * does (SMFIC_OPTNEG); who has not greeted back after two seconds is dead.
 *
 * Prints lines, text as hex; in the end `end`:
 *
 * - `unix PATH alive`, `unix PATH dead WHY`; the path as it is outside of a chroot;
 * - `inet HOST PORT alive`, `inet HOST PORT dead WHY`;
 * - `not-root` where it cannot be Postfix's user.
 *
 * With a file of such lines as its argument: in words, those that are dead and are not told so there.
 *
 * Source: postconf(5), master(5), libmilter of sendmail 8.18 (mfdef.h, version 6).
 */
export const MILTER_ANSWERS_PROGRAM = String.raw`use strict; use Socket; use Fcntl; use Errno 'EINPROGRESS';
$SIG{PIPE} = 'IGNORE';
use constant { SECONDS => 2, MOST => 64, BYTES => 1048576 };
sub hex_of { unpack('H*', $_[0]) || '-' }
sub text_of {
  open my $in, '<', $_[0] or return '';
  read $in, my $text, BYTES;
  close $in;
  $text =~ s/^\s*(?:#.*)?\n//mg;
  # A line that begins with a blank goes on with the one before.
  $text =~ s/\n[ \t]+/ /g;
  $text
}
sub items {
  my @items;
  while ($_[0] =~ /\G[\s,]*(\{[^{}]*\}|[^\s,]+)/gc) { push @items, $1 }
  @items
}
my (%set, %seen, @to);
sub value { defined $set{$_[0]} ? $set{$_[0]} : '' }
sub expanded {
  my ($text) = @_;
  my $left = 50;
  1 while $left-- && length $text < 65536 && $text =~ s/\$(?:\{(\w+)\}|\((\w+)\)|(\w+))/value($1 || $2 || $3)/e;
  $text
}
sub want {
  my ($list, $chrooted) = @_;
  for my $item (items(expanded($list))) {
    $item = (items(substr $item, 1, -1))[0] if $item =~ /^\{/;
    next unless defined $item;
    my $queue = value('queue_directory');
    my %to;
    if ($item =~ /^(?:unix|local):(.+)$/) {
      my $path = $1;
      my $inside = $chrooted || $path !~ m{^/};
      my $outside = $inside ? "$queue/" . $path =~ s{^/+}{}r : $path;
      %to = (name => 'unix ' . hex_of($outside), path => $chrooted ? "/$path" =~ s{^/+}{/}r : $outside);
      $to{queue} = $queue if $chrooted;
    } elsif ($item =~ /^inet:(?:\[(?:ipv6:)?([^\]]*)\]:|(.*):)?([\w-]+)$/i) {
      my ($host, $port) = (lc(defined $1 ? $1 : defined $2 && length $2 ? $2 : 'localhost'), $3);
      %to = (name => 'inet ' . hex_of($host) . ' ' . hex_of($port), host => $host, port => $port);
    } else {
      next
    }
    push @to, \%to unless $seen{$to{name}}++ || @to >= MOST;
  }
}
sub instance {
  my ($directory) = @_;
  %set = (queue_directory => '/var/spool/postfix', mail_owner => 'postfix');
  open my $name, '<', '/proc/sys/kernel/hostname';
  chomp($set{myhostname} = <$name>);
  for (split /\n/, text_of("$directory/main.cf")) { $set{$1} = $2 if /^([\w-]+)\s*=\s*(.*?)\s*$/ }
  my (%lists, %chroot);
  for (split /\n/, text_of("$directory/master.cf")) {
    my ($service, $type, undef, undef, $chroot, undef, undef, $command, $words) = split ' ', $_, 9;
    next unless defined $command;
    my @views = $chroot eq '-' ? (0, 1) : $chroot eq 'y' ? 1 : 0;
    $chroot{$_} = 1 for $command =~ /^(?:smtpd|cleanup|qmqpd)$/ ? @views : ();
    next unless defined $words;
    while ($words =~ /-o\s*(?:\{\s*(\w+)\s*=\s*((?:[^{}]|\{[^{}]*\})*?)\s*\}|(\w+)=(\S+))/g) {
      my ($name, $value) = defined $1 ? ($1, $2) : ($3, $4);
      push @{$lists{$_}}, $value for $name =~ /_milters$/ ? @views : ();
    }
  }
  for my $chrooted (sort keys %chroot) {
    want($_, $chrooted) for value('smtpd_milters'), value('non_smtpd_milters'), @{$lists{$chrooted} || []};
  }
  map { $set{$_} } 'multi_instance_directories', 'mail_owner'
}
my $main = '/etc/postfix';
my ($more, $owner) = instance($main);
instance($_) for grep { m{^/} && $_ ne $main } split /[\s,]+/, defined $more ? $more : '';
if ($> != 0) {
  print "not-root\nend\n";
  exit 0;
}
my ($uid, $gid) = (getpwnam $owner)[2, 3];
sub dead {
  my ($to, $why) = @_;
  $to->{why} = $why unless $to->{alive};
}
sub opened {
  my ($to, $family, $address) = @_;
  socket(my $socket, $family, SOCK_STREAM, 0) or return dead($to, "$!");
  fcntl $socket, F_SETFL, O_NONBLOCK;
  return dead($to, "$!") unless connect($socket, $address) || $! == EINPROGRESS;
  { socket => $socket, to => $to, got => '' }
}
# A name server that does not answer holds up nobody for long.
my $until = time + SECONDS + 1;
for my $to (@to) {
  next unless defined $to->{host};
  my ($error, @found) = 'its name is not resolved in time';
  eval {
    local $SIG{ALRM} = sub { die };
    alarm($until > time ? $until - time : 1);
    ($error, @found) = Socket::getaddrinfo($to->{host}, $to->{port}, { socktype => SOCK_STREAM });
    alarm 0;
  };
  alarm 0;
  $to->{found} = \@found;
  dead($to, "$error") unless @found;
}
my @open;
# As Postfix's daemons are: chroot_uid() of Postfix sets uid, gid and the groups of the user.
my @groups = ($gid);
while (my ($name, undef, $id, $members) = getgrent) { push @groups, $id if grep { $_ eq $owner } split / /, $members }
sub as_postfix {
  return unless defined $uid;
  $) = join ' ', $gid, @groups;
  $> = $uid;
}
as_postfix();
for my $to (@to) {
  push @open, opened($to, $_->{family}, $_->{addr}) for @{$to->{found} || []};
}
sub by_path {
  my ($to) = @_;
  return dead($to, 'its path is too long') if length $to->{path} > 107;
  push @open, opened($to, PF_UNIX, pack_sockaddr_un($to->{path}));
}
by_path($_) for grep { defined $_->{path} && !defined $_->{queue} } @to;
my %queues;
push @{$queues{$_->{queue}}}, $_ for grep { defined $_->{queue} } @to;
opendir my $root, '/';
for my $queue (sort keys %queues) {
  $> = 0;
  unless (chroot $queue) {
    dead($_, "$!") for @{$queues{$queue}};
    next;
  }
  chdir '/';
  as_postfix();
  by_path($_) for @{$queues{$queue}};
  $> = 0;
  chdir $root;
  chroot '.';
}
@open = grep { ref } @open;
my $hello = pack 'NaNNN', 13, 'O', 6, 0x1ff, 0x1fffff;
$until = time + SECONDS;
my ($left, $began) = (SECONDS, time);
while (@open && $left > 0) {
  my ($read, $write) = ('', '');
  for (@open) {
    $_->{sent} ? vec($read, fileno $_->{socket}, 1) = 1 : vec($write, fileno $_->{socket}, 1) = 1;
  }
  my ($found, $rest) = select $read, $write, undef, $left;
  last if $found <= 0;
  $left = $rest;
  for my $one (@open) {
    my ($socket, $to) = @$one{'socket', 'to'};
    if (!$one->{sent} && vec $write, fileno $socket, 1) {
      my $error = unpack 'i', getsockopt $socket, SOL_SOCKET, SO_ERROR;
      if ($error) {
        $! = $error;
        dead($to, "$!");
        $one->{done} = 1;
      } elsif (syswrite $socket, $hello) {
        $one->{sent} = 1;
      } else {
        dead($to, 'it hung up');
        $one->{done} = 1;
      }
    } elsif ($one->{sent} && vec $read, fileno $socket, 1) {
      my $read = sysread $socket, $one->{got}, 64, length $one->{got};
      if (!$read) {
        dead($to, 'it hung up');
        $one->{done} = 1;
      } elsif (length $one->{got} >= 5) {
        $one->{done} = 1;
        if (substr($one->{got}, 4, 1) eq 'O') {
          @$to{'alive', 'why'} = (1);
          syswrite $socket, pack 'Na', 1, 'Q';
        } else {
          dead($to, 'what answers there is no milter');
        }
      }
    }
  }
  @open = grep { !$_->{done} } @open;
}
dead($_->{to}, 'it does not answer in ' . SECONDS . ' seconds') for @open;
if (@ARGV) {
  open my $before, '<', $ARGV[0];
  my %was = map { /^(.*) dead / ? ($1 => 1) : () } <$before>;
  for my $to (grep { !$_->{alive} && !$was{$_->{name}} } @to) {
    my $text = defined $to->{path} ? "unix:$to->{path}" : "inet:$to->{host}:$to->{port}";
    $text =~ s/[^ -~]/?/g;
    print "$text: $to->{why}\n";
  }
  exit 0;
}
for my $to (@to) {
  print "$to->{name} ", $to->{alive} ? "alive\n" : 'dead ' . hex_of($to->{why} || 'it does not answer') . "\n";
}
print "end\n";
`
