// What the attacker does in a round, by its seed.

/** Functions of the program in `race-program.ts`. */
export const PLAN_FUNCTIONS = String.raw`
my (@learned, @winners, $hung);
sub pick { $_[rand @_] }

# More often than not what he has won by, as long as it goes on winning.
sub plan {
  my ($best) = sort { chance($b) <=> chance($a) } @winners;
  return $best if $best && chance($best) > 0.3 && rand() < 0.8;
  my $back = pick(0, 0, 0.0005, 0.002);
  my %plan = (
    kind => pick(qw(shadow shadow shadow fresh fresh inner hard hard folder fifo endless)),
    way => pick(@learned ? qw(react react react react other above above lay) : (), qw(flip folders folders)),
    ground => pick(qw(his his his group sticky)),
    back => $back,
    again => !$back && rand() < 0.5,
    pause => pick(0, 0, 0.0005, 0.002),
    tried => 0,
    won => 0,
  );
  $plan{kind} = 'shadow' if $plan{kind} =~ /fifo|endless/ && $hung;
  aim(\%plan);
  return \%plan;
}

sub chance { ($_[0]{won} + 1) / ($_[0]{tried} + 2) }

# At which names, and at which event.
sub aim {
  my $plan = shift;
  my @made = map { $_->{path} } grep { !is_there("$DIRECTORY/tree$_->{path}") } @learned;
  my @names = grep { $_ ne '' } @base, @made;
  @names = '/none' if !@names;
  $plan->{name} = $HOME . pick(@names);
  $plan->{names} = [map { $HOME . $_ } @made && rand() < 0.7 ? @made : pick(@names)];
  if ($plan->{way} =~ /^(?:react|other|above)$/) {
    my $event = pick(@learned);
    @$plan{qw(on mask nth)} = ($HOME . $event->{path}, $event->{mask}, $event->{nth});
    $plan->{name} = $plan->{on} if $plan->{way} ne 'other';
  }
  return if $plan->{way} !~ /^(?:above|folders)$/;
  # A directory on the way to it.
  my $path = substr $plan->{name}, length $HOME;
  my @parts = split m{/}, substr $path, 1;
  pop @parts;
  return if !@parts;
  $plan->{name} = join '/', $HOME, @parts[0 .. rand @parts];
  $plan->{kind} = 'folder';
}

# In a group's directory, or one like /tmp, he owns what is in it, and no more.
sub ground {
  my $ground = shift;
  return if $ground eq 'his';
  for my $directory ($HOME, grep { is_directory($_) } below($HOME)) {
    chown 0, $gid, $directory;
    chmod $ground eq 'group' ? 0775 : 01777, $directory;
  }
}

sub become { $) = "$gid $gid"; $( = $gid; $< = $> = $uid; die "not $user\n" if $> != $uid || $< != $uid }

sub attack {
  my ($plan, $is_ready, $reported) = @_;
  setpriority 0, 0, -10;
  become();
  my $way = $plan->{way};
  my $events = $way =~ /^(?:learn|react|other|above)$/ ? begin_watch() : undef;
  if ($way eq 'lay') {
    for my $name (@{$plan->{names}}) { my $ready = ready($plan->{kind}); swap($ready, $name) }
  }
  syswrite $is_ready, '.';
  return learn($events, $reported) if $way eq 'learn';
  return react($events, $plan) if $events;
  return hold() if $way eq 'lay';
  return flip($plan);
}
`
