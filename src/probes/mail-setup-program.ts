// The program that tells how a host signs its mail, as its daemons read it: OpenDKIM's unit, configuration, tables and
// keys, and Postfix's lists of milters. For the perl of Debian's perl-base.
import { OPENED } from '../files/read.ts'
import { PERL_WORDS } from './perl-words.ts'

/**
 * Settings of opendkim.conf(5) whose values are told; of others only the name is, for values may be secrets
 * (LDAPBindPassword).
 */
const TOLD = [
  'background canonicalization domain externalignorelist include internalhosts keyfile keytable macrolist',
  'minimumkeybits mode mta multiplesignatures nameservers oversignheaders peerlist pidfile requiresafekeys',
  'resolverconfiguration selector signaturealgorithm signingtable socket subdomains trustanchorfile umask userid',
].join(' ')
const PARAMETERS = [
  'config_directory content_filter inet_protocols internal_mail_filter_classes milter_default_action mydomain',
  'myhostname myorigin non_smtpd_milters queue_directory receive_override_options smtp_helo_name smtpd_milters',
].join(' ')
const PACKAGES = [
  'amavisd-new dkimpy-milter exim4-daemon-heavy exim4-daemon-light nullmailer opendkim opensmtpd postfix qmail',
  'rspamd sendmail-bin msmtp-mta ssmtp',
].join(' ')
const UNITS = 'amavis dkimpy-milter exim4 opensmtpd rspamd sendmail'
const UNIT_PROPERTIES =
  'LoadState ActiveState UnitFileState Type PIDFile MainPID ExecStart DropInPaths FragmentPath User'

/**
 * Prints lines, text as hex; in the end `end`:
 *
 * - of packages and units: `package NAME VERSION`, `running UNIT`;
 * - of OpenDKIM: `unit PROPERTY VALUE`, `argument WORD`, `configuration PATH there|absent`,
 *   `setting PATH LINE NAME VALUE`, `refused TEXT`, `default NAME LINE VALUE`, `user NAME`, `in GROUP`;
 * - of its tables and keys: `table NAME KIND PATH STATE`, `row NAME LINE TEXT`, `cut NAME`, `key PATH STATE SPKI`,
 *   `no-openssl`, `path TYPE OWNER GROUP MODE PATH`, `member GROUP USER`;
 * - of Postfix: `set NAME VALUE`, `line NAME NUMBER`, `service NAME COMMAND CHROOT`, `override SERVICE NAME VALUE`.
 *
 * No private key and no password of a table leaves the host. Source: opendkim(8), opendkim.conf(5), postconf(1).
 */
export const MAIL_SETUP_PROGRAM = String.raw`use strict; use warnings;
$| = 1; $SIG{PIPE} = 'IGNORE';
open STDERR, '>', '/dev/null';
${PERL_WORDS}
${OPENED}
unless ($> == 0) { say_line('not-root'); exit 0 }
my $MOST = 5000;

my $fields = join ' ', map { '$' . "{$_}" } qw(db:Status-Status Package Version);
for (split /\n/, told('dpkg-query', '-W', '-f', $fields . '\n', qw(${PACKAGES}))) {
  my ($status, $name, $version) = split;
  say_line('package', $name, hex_of($version)) if $status eq 'installed';
}
my @units = qw(${UNITS});
my @active = split /\n/, told('systemctl', 'is-active', @units);
for (0 .. $#units) { say_line('running', $units[$_]) if ($active[$_] || '') eq 'active' }

# OpenDKIM's unit, and the words that the daemon was really started with.
my %unit;
for (split /\n/, told(qw(systemctl show opendkim.service), map { ('-p', $_) } qw(${UNIT_PROPERTIES}))) {
  $unit{$1} = $2 if /^(\w+)=(.*)$/;
}
my @argument;
if ($unit{MainPID} && open my $line, '<', "/proc/$unit{MainPID}/cmdline") {
  local $/;
  my $all = <$line>;
  @argument = split /\0/, defined $all ? $all : '';
}
@argument = split ' ', $1 if !@argument && ($unit{ExecStart} || '') =~ /argv\[\]=(.*?) ;/;
shift @argument;
say_line('unit', $_, hex_of($unit{$_})) for grep { $_ ne 'ExecStart' && $_ ne 'MainPID' } sort keys %unit;
say_line('argument', hex_of($_)) for @argument;
my %option;
{
  my @words = @argument;
  while (@words) {
    my $word = shift @words;
    $option{$1} = length $2 ? $2 : shift @words if $word =~ /^-([bcdkopPsux])(.*)$/s;
  }
}

# The configuration, with what it includes.
my $conf = defined $option{x} ? $option{x} : '/etc/opendkim.conf';
my %told = map { $_ => 1 } qw(${TOLD});
my %setting;
sub plain {
  my ($value) = @_;
  return $value if $value =~ /^(?:file|refile|csl):/ || $value !~ /^\w+:/;
  $value =~ /^(\w+:)/ ? $1 : ''
}
sub configuration {
  my ($path, $depth) = @_;
  my $file = opened($path) or return;
  while (<$file>) {
    s/#.*//s;
    next unless /^\s*(\S+)(?:\s+(.*?))?\s*$/;
    my ($name, $value) = ($1, defined $2 ? $2 : '');
    my $key = lc $name;
    $value = plain($value) if $key =~ /table$|hosts$|list$|^domain$/;
    say_line('setting', hex_of($path), $., hex_of($name), hex_of($told{$key} ? $value : ''));
    $setting{$key} = $value;
    configuration($value, $depth + 1) if $key eq 'include' && $depth < 5;
  }
}
configuration($conf, 0);
say_line('configuration', hex_of($conf), -f $conf ? 'there' : 'absent');
if (-f $conf && -x '/usr/sbin/opendkim') {
  my $test = 'timeout 20 /usr/sbin/opendkim -n "$@" 2>&1; echo "mailrun-status $?"';
  my $said = told('sh', '-c', $test, 'sh', '-x', $conf, defined $option{p} ? ('-p', $option{p}) : ());
  say_line('refused', hex_of($said)) if $said =~ s/\s*mailrun-status (\d+)\z// && $1 != 0;
}
if (open my $file, '<', '/etc/default/opendkim') {
  while (<$file>) {
    say_line('default', $1, $., hex_of($2)) if /^\s*(?:export\s+)?(SOCKET|RUNDIR|DAEMON_OPTS)=(.*?)\s*$/;
  }
}

# Whom the daemon runs as, and what that user can read.
my $user = $option{u} || $setting{userid} || $unit{User} || 'root';
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
for my $name (qw(keytable signingtable internalhosts externalignorelist peerlist)) {
  next unless defined $setting{$name};
  my ($kind, $path) = $setting{$name} =~ /^(\w+):(.*)$/s
    ? (lc $1, $2)
    : ($setting{$name} =~ m{^/} ? 'file' : 'csl', $setting{$name});
  if ($kind eq 'csl') {
    say_line('table', $name, $kind, '-', 'there');
    say_line('row', $name, 0, hex_of($_)) for grep { length } split /\s*,\s*/, $path;
    next;
  }
  say_line('table', $name, $kind, hex_of($path), $kind =~ /^(?:re)?file$/ ? readable($path) : 'other');
  next unless $kind =~ /^(?:re)?file$/ && -f $path;
  above($path);
  my $file = opened($path) or next;
  my $rows = 0;
  while (<$file>) {
    s/#.*//s if $name ne 'keytable' && $name ne 'signingtable';
    next if /^\s*(?:#|$)/;
    s/^\s+|\s+\z//g;
    if (++$rows > $MOST) { say_line('cut', $name); last }
    if ($name eq 'keytable' && /^(\S+)(\s+)(.*)$/s) {
      my ($entry, $blank, @fields) = ($1, $2, split /:/, $3, -1);
      # A key itself may stand there.
      $fields[2] = '(key)' if defined $fields[2] && $fields[2] !~ m{^[/.]};
      key($fields[2]) if defined $fields[2] && $fields[2] ne '(key)';
      $_ = "$entry " . join ':', @fields[0 .. ($#fields > 3 ? 3 : $#fields)];
    }
    say_line('row', $name, $., hex_of($_));
  }
}
key($setting{keyfile}) if defined $setting{keyfile};
key($option{k}) if defined $option{k};
for my $path (@keys) {
  above($path);
  my $state = readable($path);
  my $file = opened($path);
  my $pem = $file ? told('openssl', 'pkey', '-in', '/proc/self/fd/' . fileno $file, '-passin', 'pass:', '-pubout') : '';
  $pem =~ s/-----[^-]*-----|\s//g;
  say_line('key', hex_of($path), $state, $pem || '-');
}
say_line('no-openssl') unless grep { -x "$_/openssl" } split /:/, $ENV{PATH};
my $socket = defined $option{p} ? $option{p} : $setting{socket};
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

# Postfix.
my %set;
for (split /\n/, told('postconf', '-x', qw(${PARAMETERS}))) { $set{$1} = $2 if /^(\w+) = ?(.*)$/ }
if (%set) {
  if ($set{myorigin} =~ m{^/} && -f $set{myorigin} && open my $file, '<', $set{myorigin}) {
    my $first = <$file>;
    chomp($set{myorigin} = defined $first ? $first : '');
  }
  say_line('set', $_, hex_of($set{$_})) for sort keys %set;
  if (open my $file, '<', "$set{config_directory}/main.cf") {
    while (<$file>) { say_line('line', $1, $.) if /^(\w+)\s*=/ && exists $set{$1} }
  }
  my (%command, %chroot);
  for (split /\n/, told(qw(postconf -F */*/command))) { $command{$1} = $2 if m{^(\S+/\w+)/command = (\S+)} }
  for (split /\n/, told(qw(postconf -F */*/chroot))) { $chroot{$1} = $2 if m{^(\S+/\w+)/chroot = (\S+)} }
  say_line('service', $_, $command{$_}, $chroot{$_} || 'n') for sort keys %command;
  for (split /\n/, told(qw(postconf -Px))) {
    say_line('override', $1, $2, hex_of($3)) if m{^(\S+/\w+)/(\w+) = ?(.*)$} && exists $set{$2};
  }
}
say_line('end');
`
