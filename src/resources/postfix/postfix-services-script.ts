// The Perl code that prints master.cf, the other instances of Postfix, and the names and addresses of the host.
import type { Script } from '../../shell/script.ts'
import { readerQuestion } from '../reader/reader.ts'
import { MAIN_CF } from './postfix-parameters.ts'
import { PERL_END } from '../../core/probe/whole.ts'

export const MASTER_CF = '/etc/postfix/master.cf'
/** In the place of a main.cf. */
export const ABSENT = 'absent'
/** Longer /etc/hosts hold lists of names to block. */
const MOST_HOSTS = 2000
/** Of main.cf and of a master.cf. */
const MOST_LINES = 20_000
/** A host that routes for many has long tables. */
const MOST_ROUTES = 10_000
/** Each costs a process. */
export const MOST_INSTANCES = 20

/**
 * Parts, NUL between them: `there` and master.cf; the host's name; hosts(5); addresses; for each other instance its
 * directory, what `postconf -n` says, and its master.cf, or its directory and {@link ABSENT}. It needs no process but
 * for other instances.
 */
export const POSTFIX_SERVICES: Script = readerQuestion({
  program: String.raw`
sub lines_of {
  my ($path, $most) = @_;
  open my $in, '<', $path or return;
  my @lines;
  while ($most-- > 0 && defined(my $line = <$in>)) { chomp $line; push @lines, $line }
  @lines
}
sub no_comments { map { "$_\n" } grep { !/^#/ } lines_of(@_) }
print "there\n", no_comments('${MASTER_CF}', ${MOST_LINES}) if -r '${MASTER_CF}';
print "\0", no_comments('/proc/sys/kernel/hostname', 1), "\0", no_comments('/etc/hosts', ${MOST_HOSTS}), "\0";
my $node = '';
for (lines_of('/proc/net/fib_trie', ${MOST_ROUTES})) {
  my ($kind, @of) = split;
  if ($kind =~ /^(?:\|--|\+--)$/) { $node = $of[0] }
  elsif ($kind eq '/32' && "@of" eq 'host LOCAL') { print "$node\n" }
}
print map { /^\s*(\S+)/ ? "6 $1\n" : () } lines_of('/proc/net/if_inet6', ${MOST_ROUTES});
my ($named, $goes_on) = ('', 0);
for (lines_of('${MAIN_CF}', ${MOST_LINES})) {
  if (/^(?:multi_instance_directories|alternate_config_directories).*?=(.*)/) { ($named, $goes_on) = ("$named $1", 1) }
  elsif (/^#/ || $_ eq '') { next }
  elsif (/^[ \t]/) { $named .= " $_" if $goes_on }
  else { $goes_on = 0 }
}
my $left = ${MOST_INSTANCES};
for my $directory (grep { m{^/} } split /[ ,\t]+/, $named) {
  last if !$left--;
  print "\0$directory\0";
  if (!-e "$directory/main.cf") { print "${ABSENT}\0"; next }
  run_program('postconf', '-c', $directory, '-n') if has_program('postconf');
  print "\0", no_comments("$directory/master.cf", ${MOST_LINES});
}
${PERL_END}
`,
})
