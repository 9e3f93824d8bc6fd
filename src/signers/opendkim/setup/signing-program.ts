// The Perl program that reports with which keys a host signs, or could sign: OpenDKIM's configuration and tables as
// texts, the keys that they name for some domains, and the owners of those. It needs only Debian's perl-base.
import { DAEMON, KEY_DIRECTORY, KEY_GROUP } from '../keys/key-group.ts'
import { HISTORY } from '../../../mail/rotation/history.ts'
import { ACTIVATION } from '../activation/state.ts'
import { COLLECT } from './collect.ts'

/** The first line of the tables that mailrun writes. */
export const TABLE_HEADER = '# Written by mailrun.'

/**
 * For the reader. Follows two lists: `@asked`, each `[DOMAIN, SELECTOR, PATH, WHICH]` (`just` or `first`), and
 * `@directories` of keys whose owners are asked for.
 *
 * Prints lines, texts and paths as hex:
 *
 * - `installed`, where the daemon is; `runs`, where it runs; `ours`, where its tables are mailrun's; `now SECONDS`;
 * - `former HEX`, of an activation that did not come to its end: what `tell_sources` tells of the former
 *   configuration, without data sets, and `end`;
 * - `path TYPE OWNER GROUP MODE PATH` of keys and of all above them; TYPE as find(1) has it, `L` for a link to a file;
 * - `key PATH SPKI` of those keys that are files, `-` where it is no private key; `no-openssl`;
 * - `groups NAME…` of the daemon's user; `keygroup USER GID MEMBERS`; `override PATH OWNER GROUP MODE`;
 * - `past DOMAIN PATH EVENT…` of asked selectors, by the history beside their keys;
 * - where owners are asked for and anything is the daemon's: `members GROUP NAMES`, `acl PATH`, `outside PID UNIT`;
 * - what `tell_sources` prints, and `end`.
 */
export const SIGNING_PROGRAM = String.raw`
${COLLECT}
my (%path, %spki);
my %domain = map { $$_[3] eq 'just' ? () : (lc $$_[0], 1) } @asked;
say_line('installed') if -x '/usr/sbin/opendkim';
say_line('now', time);
if (-d '${ACTIVATION}/old') {
  @words = (daemon_words(), '-x', '${ACTIVATION}/old/opendkim.conf');
  collect_settings();
  open my $out, '>', \my $reported;
  select $out;
  tell_sources();
  print "\nend\n";
  select STDOUT;
  say_line('former', hex_of($reported));
  $bytes = @order = %text = %setting = ();
}
@words = daemon_words();
say_line('runs') if $runs;
collect();
my ($signs) = map { file_of($_) // () } $setting{signingtable} // ();
my $ours = defined $signs && said_at($signs) =~ /\A${TABLE_HEADER.replaceAll('.', '\\.')}$/m;
say_line('ours') if $ours;

sub above {
  my ($path) = @_;
  return if $path{$path}++ || $path !~ m{^/};
  while ($path =~ s{/[^/]*\z}{}) { last if $path{length $path ? $path : '/'}++ }
}
sub ask_key {
  my ($key) = @_;
  above($key);
  return if $spki{$key}++ || !lstat $key || !-f _;
  say_line('key', hex_of($key), spki($key) || '-') if has_openssl();
}
# The keys that the tables name for these domains, and those of all that are gone.
my %named;
for (key_fields()) {
  my ($of, $key) = (lc $$_[0], $$_[1]);
  say_line('gone', hex_of($key)) if $key !~ /%/ && !$named{"gone $key"}++ && !-f $key;
  for my $each ($of eq '%' ? keys %domain : $domain{$of} ? $of : ()) {
    # Of a literal domain as it is written.
    my $sender = $of eq '%' ? $each : $$_[0];
    my $path = $key =~ s/%/$sender/gr;
    ask_key($path);
    $named{$each} = 1 if -f $path;
  }
}
say_line('no-openssl') if !has_openssl();
for (@asked) {
  my ($of, $selector, $key, $which) = @$_;
  above($key);
  # Whoever wrote these tables knows which key is in use.
  ask_key($key) if $which eq 'just' || !$ours || !$named{lc $of};
  next if $which eq 'just';
  my ($history, %event) = $key =~ s{[^/]*\z}{${HISTORY}}r;
  lstat $history && -f _ or next;
  my $in = eval { regular($history) };
  chdir '/';
  while ($in && defined(my $line = <$in>)) {
    my (undef, $event, $of) = split ' ', $line;
    $event{$event} = 1 if lc($of // '') eq lc($selector) && $event =~ /^[a-z]+$/;
  }
  say_line('past', $of, hex_of($key), sort keys %event) if %event;
}
for my $in (@directories) {
  above($in);
  opendir my $all, $in or next;
  $path{"$in/$_"} = 1 for grep { /^[^.].*\.private$/s } readdir $all;
}

# Owners.
my (%user, %of_group, %owning, $is_daemons);
for my $path (sort keys %path) {
  my ($mode, $uid, $gid) = (lstat $path)[2, 4, 5];
  next unless defined $mode;
  my $type = -l _ ? 'l' : -d _ ? 'd' : -f _ ? 'f' : 'o';
  $type = 'L' if $type eq 'l' && -f $path;
  my $owner = $user{$uid} //= getpwuid($uid) // $uid;
  my $group = $of_group{$gid} //= getgrgid($gid) // $gid;
  $owning{$group} = '';
  $is_daemons ||= $owner eq '${DAEMON}';
  say_line('path', $type, $owner, $group, sprintf('%04o', $mode & 07777), hex_of($path));
}
sub lines_of {
  open my $in, '<', $_[0] or return;
  map { chomp; [split /:/, $_, -1] } <$in>
}
my (%id, @of_daemon, $key_gid, $user);
my $members = '';
for (lines_of('/etc/group')) {
  my ($group, undef, $gid, $list) = @$_;
  next if !defined $list;
  push @of_daemon, $group if ",$list," =~ /,${DAEMON},/;
  ($key_gid, $members) = ($gid, $list) if $group eq '${KEY_GROUP}';
  ($id{$gid}, $owning{$group}) = ($group, $list) if exists $owning{$group};
}
for (lines_of('/etc/passwd')) {
  my ($account, $gid) = @$_[0, 3];
  next if !defined $gid;
  $user = 1 if $account eq '${DAEMON}';
  $members .= ",$account" if defined $key_gid && $gid eq $key_gid;
  $owning{$id{$gid}} .= ",$account" if defined $id{$gid};
}
say_line('groups', @of_daemon);
say_line('keygroup', $user ? 1 : 0, $key_gid // '-', $members);
if (open my $in, '<', '/var/lib/dpkg/statoverride') {
  while (<$in>) {
    my ($owner, $group, $mode, $path) = split;
    say_line('override', $path, $owner, $group, $mode) if ($path // '') =~ m{^${KEY_DIRECTORY}};
  }
}
sub tell_others {
  say_line('members', $_, $owning{$_}) for grep { length $owning{$_} } sort keys %owning;
  for (split /\n/, output_of('ls', '-ld', '--', sort keys %path)) {
    say_line('acl', hex_of($1)) if m{^\S{10}\+.*? (/.*)$};
  }
  my $uid = getpwnam '${DAEMON}';
  opendir my $all, '/proc' or return;
  for my $pid (grep { /^\d+$/ } readdir $all) {
    my $is = (stat "/proc/$pid")[4];
    next if !defined $is || !defined $uid || $is != $uid;
    my ($joined, $unit) = (0, '-');
    open my $status, '<', "/proc/$pid/status" or next;
    while (<$status>) { $joined = 1 if /^Groups:(.*)/ && defined $key_gid && " $1 " =~ /\s$key_gid\s/ }
    open my $cgroup, '<', "/proc/$pid/cgroup" or next;
    while (<$cgroup>) { $unit = $1 if m{/([^/]*\.service)$} }
    say_line('outside', $pid, $unit) if !$joined;
  }
}
tell_others() if @directories && $is_daemons;
tell_sources();
print "\nend\n";
`
