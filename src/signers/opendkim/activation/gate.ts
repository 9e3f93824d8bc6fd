// The program that checks OpenDKIM's configuration and tables as the daemon will read them. Each fault that it finds
// would make Postfix answer mail with 451, or leave it unsigned, and `opendkim -n` does not find it.

import { RSA_PUBLIC } from '../setup/rsa-public.ts'

/**
 * Arguments: the PIDFile of the unit, empty where it has none; the configuration; where its copy goes; and pairs of
 * paths, a file that it names and the one that the copy names in its place. Prints the daemon's user and the number of
 * the user's group. Exit status 1 with a line for each fault.
 *
 * Source: dkimf_securefile(), dkimf_checkfsnode() and dkimf_add_signrequest() in OpenDKIM 2.11.0 Beta2's opendkim.c;
 * opendkim.conf(5); opendkim(8), FILE PERMISSIONS.
 */
export const OPENDKIM_GATE = String.raw`use strict; use warnings; use Cwd ();
my ($unit_pid, $from, $conf, %staged) = @ARGV;
my $faults = 0;
sub fault {
  print STDERR @_, "\n";
  $faults++;
}
sub shown {
  my ($path) = @_;
  $path =~ s{^.*/}{};
  $path;
}
my %set;
open my $in, '<', $from or do { fault("$from: $!"); exit 1 };
open my $out, '>', $conf or do { fault("$conf: $!"); exit 1 };
while (<$in>) {
  for my $path (sort keys %staged) { s/\Q$path\E/$staged{$path}/g }
  print $out $_;
  s/#.*//;
  $set{lc $1} = $2 if /^\s*(\S+)\s+(.*?)\s*$/;
}
close $in;
close $out or do { fault("$conf: $!"); exit 1 };

my ($user) = split /:/, $set{userid} || 'root';
my (undef, undef, $uid, $gid) = getpwnam $user;
unless (defined $uid) {
  fault("opendkim.conf: UserID: there is no user $user");
  exit 1;
}
if (defined $set{mode} && $set{mode} !~ /s/) {
  fault("opendkim.conf: Mode $set{mode}: it would sign nothing, s is wanted");
}
if (defined $set{signaturealgorithm} && $set{signaturealgorithm} !~ /^rsa-/i) {
  fault("opendkim.conf: SignatureAlgorithm $set{signaturealgorithm}: keys are RSA, rsa-sha256 is wanted");
}
if (length $unit_pid) {
  my $pid = defined $set{pidfile} ? $set{pidfile} : '';
  my ($is, $wants) = map { s{^/var/run/}{/run/}r } $pid, $unit_pid;
  my $reported = $pid eq '' ? 'is not set' : "is $pid";
  fault("opendkim.conf: PidFile $reported, and systemd waits for $unit_pid in vain") if $is ne $wants;
}

# All else as the daemon does: it reads tables at a reload and keys with each message, as its user.
my @groups = ($gid);
while (my ($name, undef, $id, $members) = getgrent) { push @groups, $id if grep { $_ eq $user } split / /, $members }
$) = join ' ', $gid, @groups;
$> = $uid;

sub table {
  my ($name) = @_;
  my ($path) = ($set{lc $name} || '') =~ m{^(?:(?:re)?file:)?(/.*)$};
  unless (defined $path) {
    fault("opendkim.conf: $name ", $set{lc $name} ? "$set{lc $name}: a file is wanted" : 'is not set');
    return;
  }
  open my $table, '<', $path or do { fault(shown($path), ": user $user cannot read it: $!"); return };
  my ($at, @lines) = (0);
  while (<$table>) {
    $at++;
    s/#.*//;
    next unless /\S/;
    my ($key, $value) = /^\s*(\S+)\s+(.*?)\s*$/;
    if (defined $value && length $value) {
      push @lines, [$at, $key, $value];
    } else {
      fault(shown($path), ":$at: a key and a value are wanted");
    }
  }
  @lines;
}
my %key;
for (table('KeyTable')) {
  my ($at, $name, $value) = @$_;
  my @fields = split /:/, $value, -1;
  if (@fields != 3) {
    fault(
      "KeyTable:$at: $name has ", scalar @fields, ' fields, domain:selector:path is wanted: ',
      'OpenDKIM would answer all its mail with 451',
    );
    $key{$name} = undef;
    next;
  }
  if ($fields[2] !~ m{^/}) {
    fault("KeyTable:$at: $name: the path of a private key is wanted");
    $key{$name} = undef;
    next;
  }
  $key{$name} = $fields[2] unless exists $key{$name};
}
my (%used, $signs);
for (table('SigningTable')) {
  my ($at, $pattern, $value) = @$_;
  my ($name) = split /:/, $value;
  $signs++;
  if (!exists $key{$name}) {
    fault(
      "SigningTable:$at: $pattern leads to $name, which the KeyTable has not: ",
      'OpenDKIM would answer all its mail with 451',
    );
  } elsif (defined $key{$name}) {
    $used{$key{$name}} ||= $name;
  }
}

sub another_in {
  my ($id) = @_;
  setpwent;
  while (my ($name, undef, $other, $group) = getpwent) {
    return $name if $group == $id && $other != $uid && $other != 0;
  }
  my $members = (getgrgid $id)[3];
  (grep { $_ ne $user && $_ ne 'root' } split / /, defined $members ? $members : '')[0];
}
sub too_short {
  my ($of, $path, $bits) = @_;
  return if $bits >= 1024;
  fault($of, "$path has $bits bits, and verifiers pass over keys of less than 1024 (RFC 8301)");
}
sub mode { sprintf '%04o', $_[0] & 07777 }
sub unsafe {
  my ($path) = @_;
  my $at = '';
  for my $part ('', grep { length } split m{/}, $path) {
    $at = $part eq '' ? '/' : $at eq '/' ? "/$part" : "$at/$part";
    my ($mode, $owner, $group) = (stat $at)[2, 4, 5];
    return "$at: $!" unless defined $mode;
    my $others = -f _ ? 06 : 02;
    if ($mode & $others) {
      return "$at is " . mode($mode) . ": others can " . ($others == 06 ? 'read or write' : 'write') . " it";
    }
    if ($owner != 0 && $owner != $uid && (-f _ || $mode & 0200)) {
      return "$at is owned by " . (getpwuid($owner) || $owner) . ", who is neither $user nor root";
    }
    if ($mode & (-f _ ? 060 : 020)) {
      my $other = another_in($group);
      my $name = getgrgid($group) || $group;
      return "$at is " . mode($mode) . ", and its group $name has $other in it" if defined $other;
    }
  }
  undef;
}
${RSA_PUBLIC}
# Bytes of the modulus; nothing where openssl is to be asked.
sub modulus_length {
  my $public = rsa_public($_[0]) // return;
  my $der = from_base64($public);
  my $info = element($der, 0x30) // return;
  my $bits = element(substr($info, length $RSA), 3) // return;
  my $modulus = number(element(substr($bits, 1), 0x30) // return) // return;
  length($modulus =~ s/^\0//r)
}
my ($openssl) = grep { -x } map { "$_/openssl" } split /:/, $ENV{PATH};
for my $path (sort keys %used) {
  my $of = "$used{$path}: ";
  open my $pem, '<', $path or do {
    fault($of, "user $user cannot read $path: $!: OpenDKIM would answer all its mail with 451");
    next;
  };
  my $real = Cwd::realpath($path);
  unless (-f $pem && defined $real) {
    fault($of, "$path is no file");
    next;
  }
  my $why = lc($set{requiresafekeys} || 'yes') =~ /^[yt1]/ ? unsafe($real) : undef;
  if (defined $why) {
    fault($of, "$why: OpenDKIM would refuse the key (RequireSafeKeys) and answer all its mail with 451");
    next;
  }
  read $pem, my $text, 65536;
  my $length = modulus_length(defined $text ? $text : '');
  if (defined $length) {
    too_short($of, $path, 8 * $length);
    next;
  }
  next unless defined $openssl;
  my $command = 'exec "$0" rsa -in "$1" -passin pass: -noout -modulus 2>/dev/null </dev/null';
  open my $reported, '-|', 'sh', '-c', $command, $openssl, $path or next;
  my $modulus = <$reported>;
  close $reported;
  if (!defined $modulus || $modulus !~ /^Modulus=([0-9A-F]+)/) {
    fault(
      $of, "$path is no RSA key that can be used without a passphrase, and OpenDKIM signs with RSA alone: ",
      'it would answer all its mail with 451',
    );
  } else {
    too_short($of, $path, 4 * length $1);
  }
}
print "$user $gid\n";
exit($faults ? 1 : 0);
`
