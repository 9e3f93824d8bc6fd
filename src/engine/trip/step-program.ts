// The Perl program that runs one step of a trip: it starts the step, keeps what the step prints, sends that on while
// the step runs, and ends with the step's exit status.
import { packed } from '../../resources/files/program/packed.ts'

/** For what does not end when it is asked to. */
export const KILL_AFTER_SECONDS = 10
/** What a step leaves running may hold its output open: the end of that is not waited for longer. */
const OUTPUT_END_SECONDS = 1
/**
 * The first and the last of what a step prints are kept, this much of each: /run is small, and a command may print for
 * hours.
 */
const KEPT_BYTES = 1 << 20
/** What one write sends does not block where the pipe can be written to (pipe(7), PIPE_BUF). A terminal takes less. */
const SENT_BYTES = 4096
const TERMINAL_BYTES = 200

/**
 * Arguments: the file of the output, the seconds that the step may take, how many bytes of its output are sent while it
 * runs. The step is `sh`, which reads its text from the standard input of the program.
 *
 * At its end the program sets the sticky bit of the file: where that is missing, the program was killed, and nobody can
 * tell what became of the step. (An x bit is not seen where /run is mounted noexec.)
 *
 * The first of the output is in the file, the last in `FILE.b`, and what was before that in `FILE.a`. A step outlives
 * the connection, and does not die of its output: that is read to its end, whether it can be written and sent or not.
 * So the program stays where a terminal interrupts it; timeout(1) and the step are in a process group of their own.
 * Where something that the step leaves running holds the output, a child of the program goes on reading.
 *
 * timeout(1) gets all descriptors that the program has, also that of the host's lock: it keeps the lock as long as the
 * step runs, should the program and the shell of the trip be killed. The child that goes on reading does not.
 */
export const STEP_PROGRAM = packed(String.raw`
my ($file, $seconds, $unsent) = @ARGV;
$SIG{$_} = 'IGNORE' for 'PIPE', 'HUP', 'INT', 'QUIT';
$SIG{CHLD} = sub {};
pipe my $in, my $out or die "cannot make a pipe: $!\n";
my $pid = fork // die "cannot fork: $!\n";
if (!$pid) {
  $SIG{$_} = 'DEFAULT' for 'PIPE', 'HUP', 'INT', 'QUIT', 'CHLD';
  open STDOUT, '>&', $out;
  open STDERR, '>&', $out;
  exec 'timeout', '-k', ${KILL_AFTER_SECONDS}, $seconds, 'sh';
  exit 127;
}
close $out;
open STDIN, '<', '/dev/null';
umask 077;
my ($part, $room, $to_send, $read, $idle, $status, $until) = ($file, ${KEPT_BYTES}, '', 1, 0);
open my $kept, '>', $file;
sub keep {
  my ($bytes) = @_;
  while (length $bytes) {
    if (!$room) {
      rename "$file.b", "$file.a" if $part ne $file;
      ($part, $room) = ("$file.b", ${KEPT_BYTES});
      open $kept, '>', $part;
    }
    my $now = substr $bytes, 0, $room, '';
    $room -= length $now;
    syswrite $kept, $now if defined fileno $kept;
  }
}
my $most = -t STDOUT ? ${TERMINAL_BYTES} : ${SENT_BYTES};
sub interrupted { !defined $_[0] && $! == 4 }
while ($read || length $to_send) {
  ($status, $until) = ($?, time + ${OUTPUT_END_SECONDS} + 1) if !defined $status && waitpid($pid, 1) == $pid;
  last if $read && defined $until && ($idle >= ${OUTPUT_END_SECONDS * 10} || time > $until) && !length $to_send;
  my ($readable, $writable) = ('', '');
  vec($readable, fileno $in, 1) = 1 if $read;
  vec($writable, fileno STDOUT, 1) = 1 if length $to_send;
  if (0 >= select $readable, $writable, undef, defined $status ? 0.1 : 1) {
    $idle++ if defined $status;
    next;
  }
  if ($read && vec $readable, fileno $in, 1) {
    my $count = sysread $in, my $bytes, 65536;
    $read = 0 if !$count && !interrupted($count);
    if ($count) {
      keep($bytes);
      $to_send .= substr $bytes, 0, $unsent;
      $unsent -= $count < $unsent ? $count : $unsent;
    }
  }
  if (length $to_send && vec $writable, fileno STDOUT, 1) {
    my $count = syswrite STDOUT, $to_send, $most;
    if ($count) { substr($to_send, 0, $count) = '' }
    elsif (!interrupted($count)) { ($to_send, $unsent) = ('', 0) }
  }
}
waitpid $pid, 0 and $status = $? if !defined $status;
chmod 01600, $file;
my $reads_on = $read ? fork : undef;
if (defined $reads_on && !$reads_on) {
  open STDOUT, '>', '/dev/null';
  open STDERR, '>', '/dev/null';
  open my $lock, '>&=', 9 and close $lock;
  1 while sysread($in, my $bytes, 65536) || $! == 4;
}
exit($status & 127 ? 128 + ($status & 127) : $status >> 8);
`)
