// The program on a lab host that has root make a step, or answer a question, round after round, while an attacker races
// it; and that says after each round what the attacker has won.
import { ATTACKER_FUNCTIONS } from './attacker-program.ts'
import { CANARY_FUNCTIONS } from './canaries-program.ts'
import { PLAN_FUNCTIONS } from './plan-program.ts'

/**
 * `race DIRECTORY COUNT SEED` tries the texts `DIRECTORY/text.N` on a fresh copy of `DIRECTORY/tree` in each round; in
 * a first one nobody attacks, and what happens is learned. `DIRECTORY/config` has the words: the attacker's directory,
 * his user, `step` or `question`, seconds for each text. A line for each round, parted by tabs: its number, the plan,
 * the exit status, and what was won or `-`.
 */
export const RACE_PROGRAM = String.raw`#!/usr/bin/perl
use strict;
use warnings;
use POSIX ();

my ($DIRECTORY, $count, $seed) = @ARGV;
my $MOST = 1 << 22;
open my $config, '<', "$DIRECTORY/config" or die "$DIRECTORY/config: $!\n";
my ($HOME, $user, $what, $SECONDS) = split ' ', join '', <$config>;
my (undef, undef, $uid, $gid) = getpwnam $user or die "no user $user\n";
my $POOL = "$HOME.pool";
$POOL =~ s{/([^/]+)$}{/.race-$1};
my @base = map { substr $_, length "$DIRECTORY/tree" } below("$DIRECTORY/tree");
my @texts = grep { -e } map { "$DIRECTORY/text.$_" } 0 .. 99;

sub is_there { defined lstat $_[0] }
sub is_directory { -d $_[0] && !-l $_[0] }
sub run { system(@_) == 0 or die "@_: $?\n" }
sub slurp { local $/; open my $handle, '<', $_[0] or return ''; my $text = <$handle>; defined $text ? $text : '' }
sub slurp_handle { my $handle = shift; local $/; my $text = <$handle>; close $handle; defined $text ? $text : '' }
sub spew { open my $handle, '>', $_[0] or die "$_[0]: $!\n"; print $handle $_[1]; close $handle; chmod $_[2], $_[0] }
sub below {
  my $directory = shift;
  opendir my $handle, $directory or return;
  my @paths = map { "$directory/$_" } grep { !/^\.\.?$/ } readdir $handle;
  return map { my $path = $_; ($path, is_directory($path) ? below($path) : ()) } @paths;
}
${CANARY_FUNCTIONS}${ATTACKER_FUNCTIONS}${PLAN_FUNCTIONS}
sub fresh_tree {
  run('rm', '-rf', '--', $HOME, $POOL);
  run('cp', '-aT', '--', "$DIRECTORY/tree", $HOME);
  ground($_[0]);
  mkdir $POOL or die "$POOL: $!\n";
  chown $uid, $gid, $POOL;
  link $SHADOW, "$POOL/hard.$_" or die "link: $!\n" for 0 .. 15;
}

# What one text says, and its exit status; 124 or 137 where it hung, or says things without end.
sub made {
  my $text = shift;
  my $pid = open(my $from, '-|') // die "fork: $!\n";
  if (!$pid) {
    umask 022;
    chdir '/';
    my $path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    %ENV = (LC_ALL => 'C', PATH => $path, run => "$DIRECTORY/run");
    open STDIN, '<', $text or die "$text: $!\n";
    open STDERR, '>', '/dev/null';
    exec 'timeout', '-k', '1', $SECONDS, 'sh';
  }
  my $said = '';
  1 while length $said < $MOST && read $from, $said, 65536, length $said;
  kill 'TERM', $pid if length $said >= $MOST;
  close $from;
  return ($said, length $said >= $MOST ? 124 : $? >> 8);
}

sub round {
  my $plan = shift;
  fresh_tree($plan->{ground});
  pipe my $begins, my $is_ready;
  pipe my $learns, my $reported;
  my $attacker = fork // die "fork: $!\n";
  if (!$attacker) { close $begins; close $learns; eval { attack($plan, $is_ready, $reported) }; POSIX::_exit(1) }
  close $is_ready;
  close $reported;
  sysread $begins, my $byte, 1 or die "the attacker did not begin\n";
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
  $plan->{tried}++;
  push @winners, $plan if @won && !$plan->{won}++;
  push @won, 'hung' and $hung = 1 if $code == 124 || $code == 137;
  lay_canaries() if @won;
  return ($code, slurp_handle($learns), @won);
}

sub learned {
  my ($code, $reported) = round({way => 'learn', ground => 'his'});
  die "without an attack it fails: exit status $code\n" if $code;
  my %nth;
  my @reported = map { [/^(\d+) (.*)$/s] } split /\0/, $reported;
  return map { {mask => $_->[0], path => $_->[1], nth => ++$nth{"@$_"}} } @reported;
}

$| = 1;
lay_canaries();
@learned = learned();
for my $number (1 .. $count) {
  srand($seed * 1000003 + $number);
  my $plan = plan();
  my ($code, undef, @won) = round($plan);
  my $words = join ' ', map { "$_=" . ($plan->{$_} // '') } grep { !/^(?:names|tried|won)$/ } sort keys %$plan;
  print join("\t", $number, $words, $code, @won ? join('; ', @won) : '-'), "\n";
}
run('rm', '-rf', '--', $HOME, $POOL, $SHADOW, $FOLDER, $FRESH);
`
