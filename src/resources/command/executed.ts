// Runs an operator's command once on a host, as a question: its exit status, and its output up to a limit.
import { utf8, type Answer } from '../../core/probe/answer.ts'
import { EXEC_BYTES } from '../../core/bounds.ts'
import { defineProbe, type Probe } from '../../core/probe/probe.ts'
import { END } from '../../core/probe/whole.ts'
import { lines, raw } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

/** What came on one output of a command. */
export interface Printed {
  /** Its beginning, at most {@link EXEC_BYTES}. */
  readonly text: string
  /** All that came. */
  readonly bytes: number
  /** `text` is not all of it. */
  readonly isCut: boolean
}

/** How a command ended. */
export interface Executed {
  /** Its exit status; where a signal ended it 128 and the signal's number, as shells say. */
  readonly code: number
  /** It did not end in time, and was killed. */
  readonly timedOut: boolean
  readonly stdout: Printed
  readonly stderr: Printed
}

/** It could not be begun, or its answer did not come whole: why. */
export interface NotExecuted {
  readonly why: string
}

/** For what does not end when it is asked to. */
const KILL_AFTER_SECONDS = 5

/** From the time limit of a command to that of its question: for its killing, and for the answer on its way. */
export const EXEC_GRACE_SECONDS = 20

/**
 * Prints one line of numbers, then the beginning of both outputs. It reads on beyond the bound, so that no command dies
 * of what it prints; of what a command leaves running it waits a second or two for the end of its output.
 */
const PROGRAM = `use strict;
use POSIX ":sys_wait_h";
my ($seconds, $most, $kill_after, $text) = @ARGV;
pipe(my $out, my $out_end) && pipe(my $err, my $err_end) or die "pipe: $!\\n";
$SIG{CHLD} = sub {};
my $pid = fork;
defined $pid or die "fork: $!\\n";
if (!$pid) {
  $SIG{CHLD} = "DEFAULT";
  setpgrp(0, 0);
  open(STDOUT, ">&", $out_end) && open(STDERR, ">&", $err_end) or POSIX::_exit(126);
  close($_) for $out, $out_end, $err, $err_end;
  exec("/bin/sh", "-c", $text) or POSIX::_exit(127);
}
close($_) for $out_end, $err_end;
my @open = ($out, $err);
my %kept = ($out, "", $err, "");
my %bytes = ($out, 0, $err, 0);
# In whole seconds, for perl-base has no others: it may be one more.
my $limit = time + 1 + $seconds;
my ($late, $code, $ended) = (0);
while (@open || !defined $code) {
  my $ready = "";
  vec($ready, fileno($_), 1) = 1 for @open;
  my $some = select($ready, undef, undef, 0.1);
  my @asked = $some > 0 ? @open : ();
  for my $each (@asked) {
    next unless vec($ready, fileno($each), 1);
    my $read = sysread($each, my $piece, 65536);
    if (!$read) { @open = grep { $_ != $each } @open; next }
    $bytes{$each} += $read;
    my $room = $most - length $kept{$each};
    $kept{$each} .= substr($piece, 0, $room) if $room > 0;
  }
  if (!defined $code && waitpid($pid, WNOHANG) == $pid) {
    $code = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    $ended = time;
  }
  last if defined $ended && $ended + 1 < time;
  next if defined $code || time < $limit;
  kill($late ? "KILL" : "TERM", -$pid);
  last if $late > 1;
  $late += 1;
  $limit = time + 1 + $kill_after;
}
$code = 137 unless defined $code;
binmode(STDOUT);
print join(" ", $code, $late ? 1 : 0, map { $bytes{$_}, length $kept{$_} } $out, $err), "\\n", $kept{$out}, $kept{$err};
`

/**
 * Runs it by sh(1), with an empty input, as the user that does the work on the host.
 *
 * @param command - shell text.
 * @param seconds - after which it is ended.
 */
export const executedProbe = (command: string, seconds: number): Probe<Executed | NotExecuted> =>
  defineProbe<Executed | NotExecuted>({
    key: `the command ${command}`,
    reads: [],
    script: lines([sh`perl -e ${PROGRAM} ${seconds} ${EXEC_BYTES} ${KILL_AFTER_SECONDS} ${command}`, raw(END)]),
    parse: readExecuted,
  })

const END_MARK = '\0end'
/** No line of numbers is longer. */
const HEAD_BYTES = 64
const NUMBERS = /^(\d{1,3}) ([01]) (\d{1,15}) (\d{1,9}) (\d{1,15}) (\d{1,9})$/

export function readExecuted({ stdout, stderr }: Pick<Answer, 'stdout' | 'stderr'>): Executed | NotExecuted {
  const text = stdout.endsWith(END_MARK) ? stdout.slice(0, -END_MARK.length) : ''
  const feed = text.indexOf('\n')
  const numbers = NUMBERS.exec(text.slice(0, Math.max(0, Math.min(feed, HEAD_BYTES))))
  if (numbers === null) return { why: utf8(stderr).trim() || 'what the host says of it cannot be read' }
  const [code = 0, late, outBytes = 0, outKept = 0, errBytes = 0, errKept = 0] = numbers.slice(1).map(Number)
  const out = text.slice(feed + 1, feed + 1 + outKept)
  const err = text.slice(feed + 1 + outKept, feed + 1 + outKept + errKept)
  return { code, timedOut: late === 1, stdout: printedOf(out, outBytes), stderr: printedOf(err, errBytes) }
}

/** No longer secret is known: what was cut may end in a part of one, which no mask knows. */
const CUT_BACK = 16 << 10

/** @param kept - in latin1. */
function printedOf(kept: Untrusted, bytes: number): Printed {
  if (bytes <= kept.length) return { text: utf8(kept), bytes, isCut: false }
  const line = kept.lastIndexOf('\n') + 1
  const end = kept.length - line <= CUT_BACK ? line : kept.length - CUT_BACK
  return { text: utf8(kept.slice(0, Math.max(0, end))), bytes, isCut: true }
}
