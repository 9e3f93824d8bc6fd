// Shell text that makes, replaces, uses and removes a swap file. Source: mkswap(8), swapon(8), proc_swaps(5).
import { CORE } from '../files/program/core.ts'
import { packed } from '../files/program/packed.ts'
import { WALK } from '../files/program/walk.ts'
import { quote } from '../../shell/quote.ts'
import { lines, raw, type Script } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'
import { SWAP_WORDS } from './swap-area.ts'

/**
 * A new file is made beside, made a swap area, and tried: only what the kernel has taken once goes in the place of
 * another. That one comes back where the new one then fails. The kernel lets nobody remove or rename a file that it
 * swaps on.
 */
const PROGRAM = packed(
  [
    WALK,
    CORE,
    SWAP_WORDS,
    String.raw`
my ($new, $old);
sub fixed {
  enter($target);
  fail("refused: $target is below $below") if $below;
  fail("$target leads to $at/$name: name that path") if "$at/$name" ne $target;
  ($new, $old) = (temp_name($name), temp_name($name, 'old'));
}
sub run { system(@_) == 0 }
sub on {
  my ($name, @how) = @_;
  run('swapon', @how, '--', "$at/$name");
}
sub off {
  my ($name) = @_;
  run('swapoff', '--', "$at/$name");
}
sub with_priority { defined $set{priority} ? ('-p', $set{priority}) : () }
sub cleared {
  for my $each ($new, $old) {
    lstat $each or next;
    off($each) or fail("cannot stop swapping on $at/$each") if used_area("$at/$each");
    unlink $each or fail("cannot remove $at/$each: $!");
  }
}
sub present {
  my ($handle, @is) = inode($name) or return;
  fail("$target is no file") if !is_file($is[2]);
  is_swap(content($handle)) or fail("refused: $target is there and holds no swap area: move it away");
  give($handle, $name, 0, 0, 0600, @is);
  @is;
}
sub mib { sprintf '%d MiB', $_[0] / 1024 / 1024 }
# What stays free on the disk: programs go on.
sub room {
  my ($free) = reverse split ' ', qx(df -B1 --output=avail .);
  fail("cannot tell how much of the disk is free") if ($free // '') !~ /^\d+$/;
  my $spare = 64 << 20;
  return if $free >= $set{size} + $spare;
  fail('the disk has ' . mib($free) . " free at $at: the new file takes " . mib($set{size})
    . (lstat($name) ? ' beside the present one' : '') . ', and ' . mib($spare) . ' stay free');
}
# What is swapped out must fit in the memory and in the other swap areas.
sub fits {
  my ($size, $used) = used_area($target) or return;
  my %memory;
  open my $in, '<', '/proc/meminfo' or fail("/proc/meminfo: $!");
  while (my $line = <$in>) { $memory{$1} = $2 if $line =~ /^(\w+):\s+(\d+)/ }
  my $others = $memory{SwapFree} - ($size - $used);
  my $there = $memory{MemAvailable} + ($others > 0 ? $others : 0) - $memory{MemTotal} / 20;
  fail("$target holds " . mib($used << 10) . ' that is swapped out, and the memory has room for '
    . mib(($there > 0 ? $there : 0) << 10) . ': stop a program, or wait') if $there < $used;
}
# What a program says of what went wrong; nothing where nothing did.
sub complaint {
  my $pid = open(my $from, '-|') // fail("cannot fork: $!");
  if (!$pid) {
    ($temp, @sweep) = ();
    $ENV{LC_ALL} = 'C';
    open STDERR, '>&', \*STDOUT;
    { exec { $_[0] } @_ }
    print "$_[0]: $!";
    require POSIX;
    POSIX::_exit(127);
  }
  my $said = join '', <$from>;
  close $from;
  $? ? $said || "$_[0] failed" : '';
}
sub made {
  my $out = fresh($new);
  my ($kind) = qx(stat -f -c %T .);
  # Btrfs swaps on no file that is copied on write.
  run('chattr', '+C', "$at/$new") or fail("chattr cannot make $at/$new one for swapping") if ($kind // '') =~ /^btrfs$/;
  my $said = complaint('fallocate', '-l', $set{size}, '--', "$at/$new");
  if ($said ne '') {
    fail($said) if $said !~ /not supported/;
    my $zeros = "\0" x (1 << 20);
    for (my $left = $set{size}; $left > 0; $left -= length $zeros) { add($out, substr $zeros, 0, $left) }
  }
  complete($out, $set{size});
  open STDOUT, '>', '/dev/null';
  run('mkswap', '--', "$at/$new") or fail("mkswap failed: $target is as it was");
  on($new) or fail("the kernel does not swap on a file at $at: $target is as it was");
  off($new) or fail("cannot stop swapping on $at/$new");
}
sub make {
  my @is = present();
  cleared();
  room();
  my @used = used_area($target);
  fits();
  made();
  if (@is) {
    !@used or off($name) or fail("$target is as it was");
    # From here on, what was there comes back.
    my $linked = link $name, $old;
    my $put = $linked && rename $new, $name;
    undef $temp if $put;
    if (!$put || !on($name, with_priority())) {
      my $why = $put ? 'the kernel does not swap on the new file' : "cannot replace $target: $!";
      rename $old, $name if $put;
      on($name, with_priority()) if @used;
      fail("$why: the former one is there again");
    }
    unlink $old or fail("cannot remove $at/$old: $!");
    return;
  }
  rename $new, $name or fail("cannot make $target: $!");
  undef $temp;
  on($name, with_priority()) or exit 1;
}
sub use_it {
  present() or fail("$target is not there");
  cleared();
  if (used_area($target)) {
    return if !defined $set{priority};
    fits();
    off($name) or exit 1;
  }
  return if on($name, with_priority());
  on($name) if defined $set{priority};
  exit 1;
}
sub stop {
  used_area($target) or return;
  fits();
  off($name) or exit 1;
}
sub gone {
  present() or return cleared();
  cleared();
  unlink $name or fail("cannot remove $target: $!");
}
umask 077;
asked(@ARGV);
my %steps = (make => \&make, use => \&use_it, stop => \&stop, remove => \&gone, sweep => \&cleared);
eval { fixed(); $steps{$verb}->(); 1 } or do {
  print STDERR $@;
  exit 1;
};
`,
  ].join(''),
)

const step = (verb: string, path: string, settings: Readonly<Record<string, number | undefined>> = {}): Script => {
  const words = Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
  return lines([
    sh`perl - ${raw(verb)} ${path}${raw(words.map((word) => ` ${quote(word)}`).join(''))} <<'mailrun-swap'`,
    raw(`${PROGRAM}mailrun-swap`),
  ])
}

/** A new file of so many bytes, which the kernel then uses; in the place of one of another size. */
export const makeSwapFile = (path: string, size: number, priority: number | undefined): Script =>
  step('make', path, { size, priority })
/** The kernel uses the file that is there; with another priority, after it has stopped to. */
export const useSwapFile = (path: string, priority: number | undefined): Script => step('use', path, { priority })
export const stopSwapFile = (path: string): Script => step('stop', path)
/** Refuses what holds no swap area. */
export const removeSwapFile = (path: string): Script => step('remove', path)
/** What a run that was killed has left beside it. */
export const sweepSwapFile = (path: string): Script => step('sweep', path)
