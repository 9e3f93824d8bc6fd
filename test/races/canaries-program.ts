// What the attacker is after, all of it root's: laid out before the races, and looked at after each round.

/** What all files of root's that the attacker is after say. */
const CANARY = 'root:canary-4f1c:19000:0:99999:7:::'

/** Functions of the program in `race-program.ts`. */
export const CANARY_FUNCTIONS = String.raw`
my ($SHADOW, $FOLDER, $FRESH) = ('/etc/canary-shadow', '/etc/canary.d', '/etc/canary-fresh');
my $SECRET = '${CANARY}';
my ($digest, %canaries);

sub state_of {
  my $path = shift;
  my @stat = lstat $path or return 'gone';
  my $text = -f _ ? slurp($path) : -l _ ? readlink $path : '';
  return join ' ', $stat[2], $stat[4], $stat[5], $text;
}

# Whichever directory on the way is swapped for the folder, what the step looks for is in there too, and root's.
sub lay_canaries {
  run('rm', '-rf', '--', $SHADOW, $FOLDER, $FRESH);
  spew($SHADOW, "$SECRET\n", 0400);
  mkdir $FOLDER or die "$FOLDER: $!\n";
  spew("$FOLDER/inner", "$SECRET\n", 0400);
  for my $path (@base) {
    my @parts = split m{/}, substr $path, 1;
    my $directory = is_directory("$DIRECTORY/tree$path");
    for my $from (1 .. $#parts) {
      my $copy = join '/', $FOLDER, @parts[$from .. $#parts];
      my $above = $FOLDER;
      for my $part (@parts[$from .. $#parts - 1]) { mkdir $above .= "/$part" }
      if ($directory) { mkdir $copy } elsif (!-e $copy) { spew($copy, "$SECRET\n", 0400) }
    }
  }
  $digest = (split ' ', qx(sha256sum $SHADOW))[0];
  %canaries = map { $_ => state_of($_) } $SHADOW, $FOLDER, below($FOLDER);
}

# As the attacker himself, who may have made it his.
sub he_reads {
  my $pid = open(my $from, '-|') // die "fork: $!\n";
  if (!$pid) {
    become();
    for my $path (below($HOME), below($POOL)) {
      next if -l $path || !-f _ || !-r _;
      print $path and POSIX::_exit(0) if index(slurp($path), $SECRET) >= 0;
    }
    POSIX::_exit(0);
  }
  my $path = slurp_handle($from);
  return $path eq '' ? () : "reads:$path";
}
sub won {
  my $said = shift;
  my @won;
  my %now = map { $_ => state_of($_) } $SHADOW, $FOLDER, below($FOLDER);
  for my $path (sort keys %{{%now, %canaries}}) {
    my ($is, $was) = ($now{$path} // 'gone', $canaries{$path} // 'not there');
    push @won, "$path:$was->$is" if $is ne $was;
  }
  push @won, "$FRESH:made" if -e $FRESH || -l $FRESH;
  push @won, he_reads();
  if ($what eq 'question') {
    push @won, 'reported:content' if index($said, $SECRET) >= 0;
    push @won, 'reported:digest' if index($said, $digest) >= 0;
  }
  s/\s+/ /g, s/\Q$SECRET\E/SECRET/g for @won;
  return @won;
}
`
