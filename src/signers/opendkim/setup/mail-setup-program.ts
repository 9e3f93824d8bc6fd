// The Perl program that reports how a host signs its mail: OpenDKIM's unit, configuration, tables and keys, and
// Postfix's lists of milters. It needs only Debian's perl-base.
import { MAIL_PROGRAMS, POSTFIX_SETUP } from '../../../resources/postfix/setup-program.ts'
import { COLLECT_APART } from './collect.ts'

const UNIT_PROPERTIES = 'LoadState ActiveState UnitFileState Type PIDFile DropInPaths FragmentPath User'

/**
 * Prints lines (texts in hexadecimal form), then the output of `tell_sources` about OpenDKIM's configuration and
 * tables, and at the end `end`. The lines are:
 *
 * - about OpenDKIM: `unit PROPERTY VALUE`, `refused TEXT`, `default NAME LINE VALUE`, `user NAME`, `in GROUP`;
 * - about its tables and keys: `state PATH STATE` for the daemon's user, `key PATH STATE SPKI`, `no-openssl`,
 *   `path TYPE OWNER GROUP MODE PATH`, `member GROUP USER`;
 * - the output of {@link MAIL_PROGRAMS} and {@link POSTFIX_SETUP}.
 *
 * No private key and no password of a table leaves the host. Source: opendkim(8), opendkim.conf(5), postconf(1).
 */
export const MAIL_SETUP_PROGRAM = String.raw`use strict; use warnings;
$| = 1; $SIG{PIPE} = 'IGNORE';
open STDERR, '>', '/dev/null';
${COLLECT_APART}
unless ($> == 0) { say_line('not-root'); exit 0 }
${MAIL_PROGRAMS}

# OpenDKIM's unit, and its configuration with what it includes.
my %unit;
for (split /\n/, output_of(qw(systemctl show opendkim.service), map { ('-p', $_) } qw(${UNIT_PROPERTIES}))) {
  $unit{$1} = $2 if /^(\w+)=(.*)$/;
}
say_line('unit', $_, hex_of($unit{$_})) for sort keys %unit;
my ($words, $setting, $files, $conf) = read_opendkim();
if (-f $conf && -x '/usr/sbin/opendkim') {
  my $test = 'timeout 20 /usr/sbin/opendkim -n "$@" 2>&1; echo "mailrun-status $?"';
  my $socket = grep { /^-p/ } @$words;
  my $said = output_of('sh', '-c', $test, 'sh', '-x', $conf, $socket ? ('-p', $$setting{socket}) : ());
  say_line('refused', hex_of($said)) if $said =~ s/\s*mailrun-status (\d+)\z// && $1 != 0;
}
if (open my $file, '<', '/etc/default/opendkim') {
  while (<$file>) {
    say_line('default', $1, $., hex_of($2)) if /^\s*(?:export\s+)?(SOCKET|RUNDIR|DAEMON_OPTS)=(.*?)\s*$/;
  }
}

# Whom the daemon runs as, and what that user can read.
my $user = $$setting{userid} || $unit{User} || 'root';
$user =~ s/:.*//;
my ($uid, $gid) = (getpwnam $user)[2, 3];
say_line('user', hex_of($user));
my @groups;
while (my ($name, undef, $id, $members) = getgrent) {
  next unless grep { $_ eq $user } split / /, $members;
  push @groups, $id;
  say_line('in', $name);
}
sub readable {
  my ($path) = @_;
  return 'absent' unless -e $path;
  return 'other' unless -f $path;
  return -r $path ? 'there' : 'unreadable' unless defined $uid;
  $) = join ' ', $gid, $gid, @groups;
  $> = $uid;
  my $ok = sysopen my $file, $path, Fcntl::O_RDONLY() | Fcntl::O_NONBLOCK();
  $> = 0;
  $) = '0 0';
  $ok ? 'there' : 'unreadable'
}

my (@keys, %seen, %paths);
sub above {
  my ($path) = @_;
  $paths{$path} = 1;
  while ($path =~ s{/[^/]*\z}{}) { $paths{length $path ? $path : '/'} = 1 }
}
sub key {
  my ($path) = @_;
  push @keys, $path if $path =~ m{^[/.]} && !$seen{$path}++ && @keys < 1000;
}
for my $path (@$files) {
  next if $path eq $conf;
  above($path);
  say_line('state', hex_of($path), readable($path));
}
# A path may have the sender's domain in it.
my %senders = map { /([^@*]+)$/ ? (lc $1 => 1) : () } map { $$_[1] } rows('signingtable'), rows('domain');
for (key_fields()) {
  my ($of, $path) = @$_;
  if ($path !~ /%/) { key($path) }
  else { key($path =~ s/%/$_/gr) for $of eq '%' ? sort keys %senders : $of }
}
for my $path (@keys) {
  above($path);
  say_line('key', hex_of($path), readable($path), spki($path) || '-');
}
say_line('no-openssl') unless grep { -x "$_/openssl" } split /:/, $ENV{PATH};
my $socket = $$setting{socket};
above($1) if defined $socket && $socket =~ m{^(?:local:|unix:)?(/.*)$};
my %group;
for my $path (sort keys %paths) {
  my ($mode, $owner, $of) = (lstat $path)[2, 4, 5];
  next unless defined $mode;
  my $type = -l _ ? 'l' : -d _ ? 'd' : -f _ ? 'f' : -S _ ? 's' : 'o';
  my $group = getgrgid $of;
  $owner = do { my $name = getpwuid $owner; defined $name ? $name : $owner };
  $group{$of} = $group if defined $group;
  say_line('path', $type, $owner, defined $group ? $group : $of, sprintf('%04o', $mode & 07777), hex_of($path));
}
my %primary;
while (my ($name, undef, undef, $id) = getpwent) { push @{$primary{$id}}, $name }
for my $id (sort keys %group) {
  my %members = map { $_ => 1 } split(/ /, (getgrgid $id)[3]), @{$primary{$id} || []};
  say_line('member', $group{$id}, $_) for sort keys %members;
}

${POSTFIX_SETUP}
tell_sources();
print "\nend\n";
`
