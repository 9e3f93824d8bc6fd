// The program on a lab host that has root make a step, or answer a question, round after round, while an attacker races
// it; and that says after each round what the attacker has won.
import { ATTACKER_FUNCTIONS } from './attacker-program.ts'

/** What all files of root's that the attacker is after say. */
export const CANARY = 'root:canary-4f1c:19000:0:99999:7:::'

/**
 * `race DIRECTORY FIRST COUNT SEED` tries the texts `DIRECTORY/text.N` on a fresh copy of `DIRECTORY/tree` in each
 * round. `DIRECTORY/config` has the words: the attacker's directory, his user, `step` or `question`, seconds for each
 * text. A line for each round: number, plan, exit status, what was won or `-`.
 */
export const RACE_PROGRAM = String.raw`#!/usr/bin/perl
use strict;
use warnings;
use POSIX ();

my ($SHADOW, $FOLDER, $FRESH) = ('/etc/canary-shadow', '/etc/canary.d', '/etc/canary-fresh');
my $SECRET = '${CANARY}';
my ($DIRECTORY, $first, $count, $seed) = @ARGV;
my $RUN = "$DIRECTORY/run";
open my $config, '<', "$DIRECTORY/config" or die "$DIRECTORY/config: $!\n";
my ($HOME, $user, $what, $SECONDS) = split ' ', join '', <$config>;
my (undef, undef, $uid, $gid) = getpwnam $user or die "no user $user\n";
my $POOL = "$HOME.pool";
$POOL =~ s{/([^/]+)$}{/.race-$1};
${ATTACKER_FUNCTIONS}
my @texts = map { "$DIRECTORY/text.$_" } 0 .. 99;
@texts = grep { -e } @texts;
my @base = map { substr $_, length "$DIRECTORY/tree" } below("$DIRECTORY/tree");
my (@learned, $digest, %canaries);

sub is_there { defined lstat $_[0] }
sub is_directory { -d $_[0] && !-l $_[0] }
sub run { system(@_) == 0 or die "@_: $?\n" }
sub slurp { local $/; open my $handle, '<', $_[0] or return ''; my $text = <$handle>; defined $text ? $text : '' }
sub spew { open my $handle, '>', $_[0] or die "$_[0]: $!\n"; print $handle $_[1]; close $handle; chmod $_[2], $_[0] }

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
sub slurp_handle { my $handle = shift; local $/; my $text = <$handle>; close $handle; defined $text ? $text : '' }

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
    push @won, 'told:content' if index($said, $SECRET) >= 0;
    push @won, 'told:digest' if index($said, $digest) >= 0;
  }
  s/\s+/ /g, s/\Q$SECRET\E/SECRET/g for @won;
  return @won;
}

sub become { $) = "$gid $gid"; $( = $gid; $< = $> = $uid; die "not $user\n" if $> != $uid || $< != $uid }

sub fresh_tree {
  run('rm', '-rf', '--', $HOME, $POOL);
  run('cp', '-aT', '--', "$DIRECTORY/tree", $HOME);
  mkdir $POOL or die "$POOL: $!\n";
  chown $uid, $gid, $POOL;
  link $SHADOW, "$POOL/hard.$_" or die "link: $!\n" for 0 .. 15;
}

sub pick { $_[rand @_] }

# What he is about to do, from the seed and what he has learned: more often than not what he has won by.
my (@winners, $hung);
sub plan {
  return pick(@winners) if @winners && rand() < 0.8;
  my $event = pick(@learned);
  my @parts = $event ? split m{/}, substr $event->{path}, 1 : ();
  my @made = grep { !is_there("$DIRECTORY/tree$_") } map { $_->{path} } @learned;
  my @names = grep { $_ ne '' } @base, @made;
  my $kind = pick(qw(shadow shadow shadow fresh fresh inner hard hard folder fifo endless));
  $kind = 'shadow' if $kind =~ /fifo|endless/ && $hung;
  my @above = grep { -d "$DIRECTORY/tree$_" } map { m{^(.+)/} ? $1 : () } @names;
  my $way = $event ? pick(qw(react react react react react other above lay flip folders)) : pick(qw(flip folders));
  my $back = pick(0, 0, 0.0005, 0.002);
  my %plan = (way => $way, kind => $kind, back => $back, again => !$back && rand() < 0.5, pause => pick(0, 0, 0.0005, 0.002));
  if ($way eq 'react' || $way eq 'other' || $way eq 'above') {
    @plan{qw(on mask nth name)} = ($HOME . $event->{path}, $event->{mask}, $event->{nth}, $HOME . $event->{path});
    $plan{name} = $HOME . pick(@names) if $way eq 'other' && @names;
    @plan{qw(name kind)} = ($HOME . join('', map { "/$_" } @parts[0 .. rand $#parts]), 'folder') if $way eq 'above' && @parts > 1;
  } elsif ($way eq 'lay') {
    $plan{names} = [map { $HOME . $_ } @made && rand() < 0.7 ? @made : pick(@names)];
  } elsif ($way eq 'folders' && @above) {
    @plan{qw(name kind)} = ($HOME . pick(@above), 'folder');
  } else {
    $plan{name} = $HOME . (@names ? pick(@names) : '/none');
  }
  return \%plan;
}

sub attack {
  my ($plan, $ready, $told) = @_;
  setpriority 0, 0, -10;
  become();
  if ($plan->{way} eq 'lay') { for my $name (@{$plan->{names}}) { my $ready = ready($plan->{kind}); swap($ready, $name) } }
  my $events = $plan->{way} =~ /^(?:learn|react|other|above)$/ ? begin_watch() : undef;
  syswrite $ready, '.';
  return learn($events, $told) if $plan->{way} eq 'learn';
  return react($events, $plan) if $events;
  return hold() if $plan->{way} eq 'lay';
  return flip($plan);
}

# Standard output and the exit status of one text; 124 or 137 where it hung.
sub made {
  my $text = shift;
  my $pid = open(my $from, '-|') // die "fork: $!\n";
  if (!$pid) {
    umask 022;
    chdir '/';
    %ENV = (LC_ALL => 'C', PATH => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', run => $RUN);
    open STDIN, '<', $text or die "$text: $!\n";
    open STDERR, '>', '/dev/null';
    exec 'timeout', '-k', '1', $SECONDS, 'sh';
  }
  return (slurp_handle($from), $? >> 8);
}

sub round {
  my $plan = shift;
  fresh_tree();
  pipe my $is_ready, my $ready;
  pipe my $learned, my $told;
  my $attacker = fork // die "fork: $!\n";
  if (!$attacker) { close $is_ready; close $learned; eval { attack($plan, $ready, $told) }; POSIX::_exit(1) }
  close $ready;
  close $told;
  sysread $is_ready, my $byte, 1 or die "the attacker did not begin\n";
  my ($said, $code) = ('', 0);
  for my $text (@texts) {
    my ($more, $status) = made($text);
    $said .= $more;
    $code ||= $status;
    last if $status && $what eq 'step';
  }
  kill 'KILL', $attacker;
  waitpid $attacker, 0;
  my @won = won($said);
  push @winners, $plan if @won;
  push @won, 'hung' and $hung = 1 if $code == 124 || $code == 137;
  lay_canaries() if @won;
  return ($code, slurp_handle($learned), @won);
}

$| = 1;
lay_canaries();
{
  my ($code, $told) = round({way => 'learn'});
  my %nth;
  @learned = map { my ($mask, $path) = /^(\d+) (.*)$/s; {mask => $mask, path => $path, nth => ++$nth{$_}} } split /\0/, $told;
  die "without an attack it fails: exit status $code\n" if $code;
}
for my $number ($first .. $first + $count - 1) {
  srand($seed * 1000003 + $number);
  my $plan = plan();
  my ($code, undef, @won) = round($plan);
  my $name = $plan->{name} // '';
  my $on = defined $plan->{on} ? "$plan->{mask}:$plan->{on}:$plan->{nth}" : '';
  print join("\t", $number, "$plan->{way},$plan->{kind},$name,$on,$plan->{back}", $code, @won ? join('; ', @won) : '-'), "\n";
}
run('rm', '-rf', '--', $HOME, $POOL, $SHADOW, $FOLDER, $FRESH);
`
