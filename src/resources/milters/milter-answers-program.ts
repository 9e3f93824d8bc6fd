// The Perl program that connects to every milter that a Postfix names. It needs only Debian's perl-base.
import { MILTERS_NAMED } from './milters-named.ts'
import { RESOLVED } from './perl-resolve.ts'

/**
 * It speaks to all that {@link MILTERS_NAMED} finds: whether a service really asks it, others judge. It needs no other
 * process.
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
 * With a file of such lines as its argument: in words, those that are dead and are not reported so there.
 *
 * Source: postconf(5), master(5), libmilter of sendmail 8.18 (mfdef.h, version 6).
 */
export const MILTER_ANSWERS_PROGRAM = String.raw`use strict;
require Fcntl;
$SIG{PIPE} = 'IGNORE';
sub SECONDS() { 2 }
# To load Socket and Errno takes longer than all else here. On Linux these numbers are the same for every machine but
# MIPS, SPARC, PA-RISC and Alpha; elf(5), e_machine.
sub numbers {
  my $head = '';
  if (open my $self, '<', '/proc/self/exe') { read $self, $head, 20 }
  return (1, 1, 1, 4, 115, 11) if length $head == 20 && unpack('x18S', $head) !~ /^(?:8|2|18|43|15|36902)$/;
  require Socket;
  require Errno;
  (Socket::AF_UNIX(), Socket::SOCK_STREAM(), Socket::SOL_SOCKET(), Socket::SO_ERROR(), Errno::EINPROGRESS(),
    Errno::EAGAIN())
}
my ($UNIX, $STREAM, $SOCKET, $ERROR, $PROGRESS, $AGAIN) = numbers();
${MILTERS_NAMED}if ($> != 0) {
  print "not-root\nend\n";
  exit 0;
}
my ($uid, $gid) = (getpwnam $owner)[2, 3];
${RESOLVED}
sub dead {
  my ($to, $why) = @_;
  $to->{why} = $why unless $to->{alive};
}
my $until;
sub opened {
  my ($to, $family, $address) = @_;
  socket(my $socket, $family, $STREAM, 0) or return dead($to, "$!");
  fcntl $socket, Fcntl::F_SETFL(), Fcntl::O_NONBLOCK();
  until (connect($socket, $address) || $! == $PROGRESS) {
    # Of a path: more ask it at once than it takes in.
    return dead($to, "$!") unless $! == $AGAIN && time < $until;
    select undef, undef, undef, 0.1;
  }
  { socket => $socket, to => $to, got => '' }
}
# A name server that does not answer holds up nobody for long.
$until = time + SECONDS + 1;
for my $to (@to) {
  next unless defined $to->{host};
  my ($error, @found) = resolved(@$to{'host', 'port'}, $until > time ? $until - time : 1);
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
$until = time + SECONDS;
for my $to (@to) {
  push @open, opened($to, $_->{family}, $_->{addr}) for @{$to->{found} || []};
}
sub by_path {
  my ($to) = @_;
  return dead($to, 'its path is too long') if length $to->{path} > 107;
  push @open, opened($to, $UNIX, pack 'Sa108', $UNIX, $to->{path});
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
      my $error = unpack 'i', getsockopt $socket, $SOCKET, $ERROR;
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
