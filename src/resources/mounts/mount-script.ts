// Shell text that makes a mount point, mounts, remounts and unmounts.
import { CORE } from '../files/program/core.ts'
import { OWN } from '../files/program/own.ts'
import { packed } from '../files/program/packed.ts'
import { WALK } from '../files/program/walk.ts'
import { lines, raw, type Script } from '../../shell/script.ts'
import { sh } from '../../shell/sh.ts'
import type { FstabEntry } from './fstab.ts'
import { isBind, remountOptions } from './mount-options.ts'
import type { WantedMount } from './mount-table.ts'

/** Nobody but root can change where the path leads: it is given to mount(8) by its name, and so at boot. */
const MAKE_POINT = packed(
  [
    WALK,
    CORE,
    OWN,
    String.raw`
sub make_point {
  my $path = '';
  for my $part (grep { length } split m{/}, $target) {
    $path .= "/$part";
    enter($path);
    fail("refused: $path is below $below") if $below;
    my ($handle, @is) = inode($name);
    if (!$handle) { new_directory($path, 0, 0, 0755) }
    elsif (!is_dir($is[2])) { fail("$path is no directory") }
  }
}
umask 022;
asked(@ARGV);
eval { make_point(); 1 } or do {
  print STDERR $@;
  exit 1;
};
`,
  ].join(''),
)

/** With the directories above it: root's, 0755. */
export const makeMountPoint = (path: string): Script =>
  lines([sh`perl - point ${path} <<'mailrun-point'`, raw(`${MAKE_POINT}mailrun-point`)])

/**
 * Unmounts `once` or `all` that is mounted at a path. Where that cannot be, it says what is mounted below it, or which
 * processes use it.
 */
const UNMOUNT = packed(String.raw`
my ($path, $how, $unit) = @ARGV;
my ($layers, $auto, @below);
sub look {
  ($layers, $auto, @below) = (0, 0);
  open my $table, '<', '/proc/self/mountinfo' or die "/proc/self/mountinfo: $!\n";
  while (my $line = <$table>) {
    my ($before, $after) = split / - /, $line, 2;
    my $at = (split / /, $before)[4] // '';
    $at =~ s/\\([0-7]{3})/chr oct $1/ge;
    push @below, $at if index($at, "$path/") == 0;
    next if $at ne $path;
    if ($after =~ /^autofs /) { $auto++ } else { $layers++ }
  }
}
sub shown { $_[0] =~ s/[^ -~]/?/gr }
sub holders {
  my (@found, $more);
  for my $process (sort { $a <=> $b } map { m{/(\d+)$} } glob '/proc/[0-9]*') {
    my $in = "/proc/$process";
    my @links = ("$in/cwd", "$in/root", "$in/exe", glob "$in/fd/*");
    next if !grep { my $to = readlink($_) // ''; $to eq $path || index($to, "$path/") == 0 } @links;
    open my $said, '<', "$in/comm" or next;
    my $name = <$said>;
    chomp($name //= '');
    if (@found == 5) { $more = 1; last }
    push @found, shown(substr $name, 0, 30) . " (process $process)";
  }
  return join(', ', @found) . ($more ? ' and others' : '');
}
look();
if ($auto && $how eq 'all') {
  system('systemctl', 'stop', '--', $unit) == 0 or exit 1;
  look();
}
for (1 .. ($how eq 'all' ? 20 : 1)) {
  last if !$layers;
  if (system('umount', '--', $path) != 0) {
    splice @below, 5 if @below > 5;
    print STDERR 'in it is mounted: ', shown(join ', ', @below), ": unmount that first\n" if @below;
    my $who = holders();
    print STDERR "it is used by $who: stop them first\n" if $who ne '';
    exit 1;
  }
  look();
}
`)

/** @param how - `once`: what is mounted last, alone; `all`: with an autofs of systemd */
export const unmount = (path: string, how: 'once' | 'all'): Script =>
  lines([
    sh`perl - ${path} ${how} "$(systemd-escape -p --suffix=automount -- ${path})" <<'mailrun-unmount'`,
    raw(`${UNMOUNT}mailrun-unmount`),
  ])

/** With `nofail`, mount(8) would say nothing of a source that is not there. */
const optionsOf = (options: readonly string[]): string =>
  ['defaults', ...options.filter((option) => option !== 'nofail')].join(',')

export const mountNow = (path: string, { source, fstype, options }: WantedMount): Script =>
  sh`mount -t ${isBind(options) ? 'none' : fstype} -o ${optionsOf(options)} -- ${source} ${path}`

/** What was mounted before comes back where the new one fails, by its line in fstab. */
const orBack = (path: string, former: FstabEntry | undefined): Script =>
  former === undefined
    ? raw(' || exit 1')
    : sh` || {
  echo 'what was mounted before is mounted again' >&2
  ${mountNow(path, { ...former, options: former.options.split(',') })}
  exit 1
}`

/** @param former - its line in fstab until now */
export const replaceMount = (path: string, wanted: WantedMount, former: FstabEntry | undefined): Script =>
  lines([unmount(path, 'once'), raw('[ $? = 0 ] || exit 1'), sh`${mountNow(path, wanted)}${orBack(path, former)}`])

/** By an unmount it would lose what it holds. */
const isInMemory = ({ fstype }: WantedMount): boolean => /^(?:tmpfs|ramfs)$/.test(fstype)

/** With other options, as it is; unmounted and mounted where the kernel does not do so. */
export function remount(path: string, wanted: WantedMount, former: FstabEntry | undefined): Script {
  const type = isBind(wanted.options) ? 'none' : wanted.fstype
  const attempt = sh`mount -t ${type} -o ${remountOptions(wanted.options)} -- ${wanted.source} ${path}`
  if (isInMemory(wanted))
    return sh`${attempt} || {
  echo 'an unmount would lose what it holds: unmount it by hand, or name options that it can change to' >&2
  exit 1
}`
  return lines([
    sh`said=$(${attempt} 2>&1) && exit 0`,
    sh`printf '%s\n' "$said" >&2`,
    replaceMount(path, wanted, former),
  ])
}
