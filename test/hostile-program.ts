// A program that sits in place of a host's login shell and answers mailrun as a taken host would: with what it likes.
// Its behaviour and its seed are the two words in /etc/hostile.

/** What it can do; those of `sudo` speak before there is a shell, the others in place of one. */
export const BEHAVIOURS = [
  'words-of-sudo',
  'spaces-of-sudo',
  'endless-frame',
  'endless-answer',
  'many-lines',
  'random-frames',
  'forged-answers',
  'early-end',
] as const
/** Those of a host that makes changes until the first has begun: in a check it does as asked. */
export const SPOILERS = ['garbled-change', 'disordered-change', 'loud-change'] as const
export type Behaviour = (typeof BEHAVIOURS)[number] | (typeof SPOILERS)[number]

export const speaksBeforeShell = (behaviour: Behaviour): boolean => behaviour.endsWith('-of-sudo')

/** For perl-base, which every Debian has. */
export const HOSTILE_PROGRAM = String.raw`#!/usr/bin/perl
use strict;
use IO::Select;
open my $reported, '<', '/etc/hostile' or die;
my ($behaviour, $seed) = split ' ', <$reported>;
srand $seed;
$| = 1;
$SIG{PIPE} = sub { exit };
select STDERR; $| = 1; select STDOUT;

my @pieces = (
  "\e[2J", "\e]52;c;aGk=\a", "\r", "\n", "\t", "\0", "\x9b31m", "\xe2\x80\xae", "\xff\xfe", "a" x 300, " " x 50,
  "*", "example.test", "fleet.test", "google", "mx2", "0.0.0.0/0", "src evil", "../../etc/passwd", "(", ")", ";", "'",
  '"', '$(id)', "\x60id\x60", "<script>", "[x](javascript:1)", "|", "{}", "null", "-1", "99999999999999999999", "ok",
  "signing fleet.test /etc/x first + * /etc/x\n", "path f root root 644 /etc/shadow\n", "end\n", "member a b c\n",
  "-----BEGIN PUBLIC KEY-----\n", "install ok installed", "ActiveState=active\n", "postfix", "opendkim",
);
sub piece { $pieces[rand @pieces] }
sub text { join '', map { piece() } 1 .. 1 + int rand shift }
sub both { my $line = shift; print STDOUT "\n$line\n"; print STDERR "\n$line\n" }

if ($behaviour =~ /^(\w+)-of-sudo$/) {
  my $words = $1 eq 'spaces' ? ' ' x 65536 : 'sorry, you are not allowed ' x 2500;
  for (1 .. 4000) { print STDERR $words; print STDOUT $words }
  exit 1;
}

if ($behaviour =~ /^(\w+)-change$/) {
  my $how = $1;
  open my $shell, '-|', '/bin/sh', '-c', $ENV{SSH_ORIGINAL_COMMAND} or die;
  while (sysread $shell, my $some, 65536) {
    print $some;
    my ($mark) = $some =~ /(mailrun-[0-9a-f]{24}) start 0\n/ or next;
    print "\n$mark ", 'x' x 65536 if $how eq 'garbled';
    print "\n$mark done 7 0\n" if $how eq 'disordered';
    if ($how eq 'loud') { print 'x' x 65536 for 1 .. 4000 }
  }
  exit;
}

my $input = IO::Select->new(\*STDIN);
for (;;) {
  my $script = '';
  while ($script !~ /mailrun-[0-9a-f]{24}/ || $input->can_read(0.3)) {
    sysread(STDIN, my $some, 65536) or exit;
    $script .= $some;
  }
  my ($mark) = $script =~ /(mailrun-[0-9a-f]{24})/;
  my %asked = map { $_ => 1 } $script =~ /\Q$mark\E ask (\d+)/g;
  my @questions = sort { $a <=> $b } keys %asked;
  print STDERR "\n$mark begin\n";
  print "\n$mark begun\n";
  if ($behaviour eq 'endless-frame') {
    print "\n$mark ";
    print 'x' x 65536 for 1 .. 4000;
  } elsif ($behaviour eq 'endless-answer') {
    print "\n$mark ask 0\n";
    print 'y' x 65536 for 1 .. 4000;
  } elsif ($behaviour eq 'many-lines') {
    for my $question (@questions) {
      print "\n$mark ask $question\n";
      print "member $_ nobody\n" for 1 .. 20000;
      print "\n$mark answered $question 0\n";
      print STDERR "\n$mark answered $question\n";
    }
  } elsif ($behaviour eq 'random-frames') {
    my @words = qw(waiting locked broken last begun stopped stale hung start output done ask answered nothing);
    for (1 .. 200) {
      my $number = (0, 1, 7, -1, 4294967296, 'NaN', '')[rand 7];
      print "\n$mark ", $words[rand @words], " $number ", text(3), "\n", text(5);
      print STDERR "\n$mark answered $number\n", text(2);
    }
  } elsif ($behaviour eq 'forged-answers') {
    for my $question (@questions) {
      print "\n$mark ask $question\n", text(40), "\n$mark answered $question ", (0, 0, 0, 1, 127)[rand 5], "\n";
      print STDERR text(3), "\n$mark answered $question\n";
    }
  } else {
    print "\n$mark ask 0\n", text(10);
    exit if rand() < 0.5;
    both "$mark end";
    exit;
  }
  both "$mark end";
}
`
