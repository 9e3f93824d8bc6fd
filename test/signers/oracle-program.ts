// The program that asks real daemons of OpenDKIM, one for each configuration, who is signed how.
import { KEEPS_FIELDS, MILTER_SESSION } from '../../src/resources/milters/milter-session.ts'
import { INLINE } from './names.ts'

/**
 * Arguments: a file of cases, the path of the daemons' socket, the senders that are asked for.
 *
 * A case is lines of a word and texts in hexadecimal: `file PATH TEXT`, `gone PATH`, `key PATH`, `word TEXT` of the
 * command line, and last `run`. For each it prints `not-started WHY`, or for each sender `signed [D S [I]]/…` or
 * `fails`, then `done`.
 */
export const ORACLE = String.raw`use strict;
use warnings;
use Socket;
use POSIX ':sys_wait_h';
use File::Path 'make_path';
use File::Basename 'dirname';
$| = 1;
$SIG{PIPE} = 'IGNORE';
my ($cases, $path, @senders) = @ARGV;
my %set = (queue_directory => '/', myhostname => 'localhost', milter_macro_v => '', milter_macro_daemon_name => 'x');
my ($nonce, $submission) = ('oracle', '');
${KEEPS_FIELDS}

${MILTER_SESSION}

my ($daemon, @made, @words);
sub start {
  unlink $path;
  my $log = '/run/mailrun-oracle.log';
  $daemon = fork;
  if (!$daemon) {
    setpgrp;
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', $log;
    open STDERR, '>', $log;
    chdir '/';
    exec '/usr/sbin/opendkim', @words;
    exit 1;
  }
  for (1 .. 2000) {
    return '' if -S $path && ref connected("unix:$path", 0);
    if (waitpid($daemon, WNOHANG) == $daemon) {
      undef $daemon;
      open my $said, '<', $log;
      my $first = <$said>;
      return defined $first ? $first : 'it said nothing';
    }
    select undef, undef, undef, 0.002;
  }
  'it does not listen'
}
sub stop {
  return unless $daemon;
  kill 'KILL', -$daemon;
  waitpid $daemon, 0;
  undef $daemon;
}
sub put {
  my ($to, $text, $mode) = @_;
  make_path(dirname($to));
  open my $file, '>', $to or die "$to: $!";
  print $file $text;
  close $file;
  chmod $mode, $to;
  push @made, $to;
}
my $key = do { open my $file, '<', '/root/oracle/key' or die $!; local $/; <$file> };
my $inline = join '', grep { !/-/ } split /\n/, $key;

sub ask {
  my ($from) = @_;
  my $to = connected("unix:$path", 0);
  return ('fails', '') unless ref $to;
  $socket = $to;
  @fields = ();
  my @headers = (
    ['From', " $from"], ['To', ' a@mailrun.invalid'], ['Subject', ' a'],
    ['Date', ' Thu, 01 Jan 1970 00:00:00 +0000'], ['Message-ID', ' <a@mailrun.invalid>'],
  );
  my $word = '';
  local $SIG{ALRM} = sub { die "it did not answer in time\n" };
  eval {
    alarm 20;
    $word = session(['local', '', 'localhost', '127.0.0.1', 'oracle'], 'example.org', \@headers, "a\r\n");
    packet($_, '') for 'A', 'Q';
    1;
  };
  alarm 0;
  close $socket;
  return ('fails', $word) if $word ne 'continue' && $word ne 'accept';
  my @signed;
  for my $field (grep { lc $_->[0] eq 'dkim-signature' } @fields) {
    my $value = $field->[1];
    $value =~ s/\s//g;
    my %tag = map { /^(\w+)=(.*)$/ ? ($1 => $2) : () } split /;/, $value;
    push @signed, join ' ', map { defined $tag{$_} ? $tag{$_} : () } qw(d s i);
  }
  ('signed ' . join('/', @signed), $word)
}

open my $input, '<', $cases or die "$cases: $!";
while (<$input>) {
  my ($what, @texts) = split ' ';
  @texts = map { pack 'H*', $_ } @texts;
  if ($what eq 'file') {
    my $text = defined $texts[1] ? $texts[1] : '';
    $text =~ s/${INLINE}/$inline/g;
    put($texts[0], $text, 0644);
  }
  elsif ($what eq 'gone') { unlink $texts[0] }
  elsif ($what eq 'key') { put($texts[0], $key, 0600) }
  elsif ($what eq 'word') { push @words, $texts[0] }
  else {
    my $why = start();
    if ($why ne '') { $why =~ s/\s+/ /g; print "not-started $why\n" }
    else {
      for my $from (@senders) {
        start() unless $daemon;
        my ($reported, $word) = ask($from);
        print "$reported\n";
        # At some lines it crashes, which may take it a moment: the next sender is asked for of a new one.
        stop() if $word eq '';
      }
    }
    stop();
    print "done\n";
    unlink @made;
    (@made, @words) = ();
  }
}
`
