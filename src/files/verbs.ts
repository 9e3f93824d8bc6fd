// The Perl program by which every file of a host is made, replaced, owned, linked, kept and removed.
import { WALK } from './walk.ts'

/**
 * What is made is made as a new file beside its target that is root's alone, written, proved, owned and set by its
 * handle, and renamed last: rename(2) follows no link. What is there is owned and set by a handle that was opened
 * without following.
 *
 * `guard` refuses a file with several names where others can write the directory: one of these may be a name of root's.
 */
const CORE = String.raw`
$SIG{$_} = sub { exit 1 } for 'TERM', 'INT', 'HUP';
my ($verb, $target, %set, @above, @run, @check) = (shift, shift);
while (@ARGV) {
  my $word = shift;
  last if $word eq '--';
  my ($key, $value) = split /=/, $word, 2;
  push @above, $value if $key eq 'above';
  $set{$key} = $value;
}
while (@ARGV) {
  my $word = shift;
  last if $word eq '--' && $verb eq 'make';
  push @run, $word;
}
@check = @ARGV;
my $NEW = Fcntl::O_RDWR() | Fcntl::O_CREAT() | Fcntl::O_EXCL() | Fcntl::O_SYNC() | $NF;
my ($temp, @sweep);
END { unlink grep { defined } $temp, @sweep }

sub id {
  my ($kind, $account, $else) = @_;
  return $else if !defined $account || $account eq '';
  my $id = $kind eq 'user' ? getpwnam $account : getgrnam $account;
  $id // ($account =~ /^\d+$/ ? $account + 0 : fail("there is no $kind $account"));
}
sub guard {
  my ($name, @is) = @_;
  return if !$loose || is_dir($is[2]) || $is[3] < 2;
  return if $is[4] == $dir[4] && !trusted($is[4]) && !($dir[2] & 022);
  fail("refused: $at/$name has other names (hard links), and " . writers() . " can write $at: remove the others");
}
# Owner first: chown(2) clears setuid and setgid bits. These stay on files of root's, and where nobody else can have
# put the file there.
sub give {
  my ($handle, $name, $uid, $gid, $mode, @is) = @_;
  my $self = by_handle($handle);
  if ($is[4] != $uid || $is[5] != $gid) {
    chown $uid, $gid, $self or fail("cannot give $at/$name another owner: $!");
    my $bits = is_file($is[2]) ? $is[2] & 06000 : 0;
    if ($bits && !defined $mode) {
      $mode = $is[2] & 07777 if trusted($is[4]) || !$loose && !$set{bits};
      fail("$at/$name has the mode " . sprintf('%04o', $is[2] & 07777) . ': say which it is to have')
        if !defined $mode && $set{strict};
    }
    @is = stat $handle;
  }
  return if !defined $mode || ($is[2] & 07777) == $mode;
  chmod $mode, $self or fail("cannot set the mode of $at/$name: $!");
}
sub temp_name { ".$_[0].mailrun-" . ($_[1] // 'new') }
sub fresh {
  my ($beside) = @_;
  for my $try (1 .. 9) {
    unlink $beside;
    next if !sysopen my $out, $beside, $NEW, 0600;
    $temp = $beside;
    return $out;
  }
  fail("cannot make $at/$beside: $!");
}
sub add {
  my ($out, $bytes) = @_;
  my $from = 0;
  while ($from < length $bytes) {
    my $count = syswrite $out, $bytes, length($bytes) - $from, $from;
    fail("cannot write $at/$temp: $!") if !defined $count;
    $from += $count;
  }
}
sub child {
  my ($in, $out, $where, @command) = @_;
  my $pid = fork // fail("cannot fork: $!");
  if (!$pid) {
    ($temp, @sweep) = ();
    open STDIN, '<&', $in if $in;
    open STDIN, '<', '/dev/null' if !$in;
    open STDOUT, '>&', $out if $out;
    chdir $where if defined $where;
    { exec { $command[0] } @command }
    fail("$command[0]: $!");
  }
  $pid;
}
sub ended {
  waitpid $_[0], 0;
  $?;
}
sub digest {
  my ($in) = @_;
  pipe my $told, my $tell or fail("cannot make a pipe: $!");
  my $pid = child($in, $tell, undef, 'sha256sum');
  close $tell;
  my ($digest) = (<$told> // '') =~ /^([0-9a-f]{64})/;
  ended($pid);
  $digest // '';
}
sub all_of {
  my ($in) = @_;
  my $bytes = '';
  1 while sysread $in, $bytes, 1 << 20, length $bytes;
  $bytes;
}
sub file_at {
  my ($name) = @_;
  my ($handle, @is) = inode($name);
  return if !$handle;
  fail("$at/$name is no file") if !is_file($is[2]);
  (content($handle), @is);
}
sub from_base64 {
  local $/;
  my ($text, $bytes) = (<STDIN> // '', '');
  $text =~ tr{A-Za-z0-9+/}{}cd;
  $text =~ tr{A-Za-z0-9+/}{ -_};
  $bytes .= unpack 'u', chr(32 + int(length($1) * 3 / 4)) . $1 while $text =~ /(.{1,84})/gs;
  $bytes;
}
sub written {
  my ($beside, $bytes) = @_;
  my $out = fresh($beside);
  add($out, $bytes);
  my ($is, $size) = (-s $out || 0, length $bytes);
  fail("cannot write $at/$temp: $is bytes of $size are there") if $is != $size;
  $out;
}
`

/** What can be asked for; each is a function of the same name, and `files` in `files.ts` says what it does. */
const VERBS = String.raw`
sub outdated { exit 75 }
sub made_of {
  my ($handle, @is) = @_;
  my $wanted = $set{is} // return;
  if ($wanted eq 'nothing') { outdated() if $handle; return }
  outdated() if !$handle || !is_file($is[2]) || digest(content($handle)) ne $wanted;
}
sub attributes_for {
  my ($handle, @is) = @_;
  my $file = $handle && is_file($is[2]);
  guard($name, @is) if $file && grep { ($set{$_} // '') eq '' } 'owner', 'group', 'mode';
  my $mode = ($set{mode} // '') ne '' ? oct $set{mode} : $file ? $is[2] & 07777 : 0644;
  (id('user', $set{owner}, $file ? $is[4] : 0), id('group', $set{group}, $file ? $is[5] : 0), $mode);
}
# In root's own folder of working files.
sub out_of_reach {
  my ($name, $bytes) = @_;
  my $path = "$ENV{run}/$name";
  unlink $path;
  sysopen my $copy, $path, $NEW, 0600 or fail("cannot make $path: $!");
  push @sweep, $path;
  my $count = syswrite($copy, $bytes) // fail("cannot write $path: $!");
  fail("cannot write $path whole") if $count != length $bytes;
  ($path, $copy);
}
# Where others can write the directory, the command is given a copy out of their reach.
sub validate {
  my ($out, @attributes) = @_;
  return if !@run;
  my $path = "$at/$temp";
  if ($loose) {
    sysseek $out, 0, 0;
    ($path, my $copy) = out_of_reach($temp, all_of($out));
    give($copy, $path, @attributes, stat $copy);
  }
  ended(child(undef, undef, '/', map { s/%s/$path/gr } @run)) == 0
    or fail('refused by its validation; the file in place is untouched');
}
sub compile {
  enter($target);
  my ($text, @is) = file_at($name) or fail("cannot compile $target: it is not there");
  my $table = "$name.$set{ending}";
  my ($from) = $loose ? out_of_reach(temp_name($name), all_of($text)) : $target;
  push @sweep, "$from.$set{ending}" if $loose;
  ended(child(undef, undef, '/', map { s/%s/$from/gr } @run)) == 0 or fail("$run[0] failed");
  if ($loose) {
    open my $made, '<', "$from.$set{ending}" or fail("$run[0] has made no $from.$set{ending}: $!");
    $set{now} = 1;
    $is[2] &= 0170666;
    return copy_to("$target.$set{ending}", $made, @is);
  }
  my ($made) = file_at($table) or fail("$run[0] has made no $at/$table");
  utime undef, undef, $made or fail("cannot touch $at/$table: $!");
}
# The former file itself; where a file system knows no hard links, a copy.
sub backup {
  my ($handle, @is) = @_;
  my $path = $set{backup} // return;
  return if !$handle || !is_file($is[2]);
  my ($beside, $old) = (temp_name($name, 'old'), $path =~ s{.*/}{}r);
  unlink $beside;
  if ($path eq "$at/$old" && link $name, $beside) {
    my $kept = rename $beside, $old;
    unlink $beside;
    fail("cannot keep $path: $!") if !$kept;
    return;
  }
  my @former = ($whole, $name, $temp);
  copy_to($path, content($handle), @is);
  enter($former[0]);
  $temp = $former[2];
}
sub copy_to {
  my ($path, $in, @is) = @_;
  enter($path);
  my $out = written(temp_name($name, $set{stay}), all_of($in));
  give($out, $temp, @is[4, 5], $is[2] & 07777, stat $out);
  # To the nanosecond, which Perl's own utime has not.
  my ($from, $to) = map { "/proc/$$/fd/" . fileno $_ } $in, $out;
  $set{now} or ended(child(undef, undef, '/', 'touch', '-cr', $from, $to)) == 0 or fail("cannot set the time of $at/$temp");
  return live($name) if !$set{stay};
  undef $temp;
}
sub live {
  my ($name) = @_;
  rename $temp, $name or fail("cannot replace $at/$name: $!");
  undef $temp;
}
sub put {
  enter($target);
  my ($handle, @is) = inode($name);
  made_of($handle, @is);
  my @attributes = attributes_for($handle, @is);
  my $out;
  if (defined $set{pieces}) {
    ($out) = piece_at(temp_name($name));
    digest(content($out)) eq $set{pieces} or fail('the file did not arrive whole');
  } else {
    $out = written(temp_name($name), from_base64());
  }
  finish($out, $handle, \@is, @attributes);
}
sub finish {
  my ($out, $handle, $is, @attributes) = @_;
  give($out, $temp, @attributes, stat $out);
  validate($out, @attributes);
  backup($handle, @$is);
  live($name);
}
sub piece_at {
  my ($beside) = @_;
  sysopen my $out, $beside, Fcntl::O_RDWR() | Fcntl::O_APPEND() | Fcntl::O_SYNC() | Fcntl::O_NONBLOCK() | $NF
    or fail("the file did not arrive whole: $at/$beside: $!");
  my @is = stat $out;
  fail("the file did not arrive whole: $at/$beside is another one")
    if !is_file($is[2]) || $is[4] != $> || $is[3] != 1 || $is[2] & 077;
  $temp = $beside;
  $out;
}
sub piece {
  enter($target);
  my $out = $set{first} ? fresh(temp_name($name)) : piece_at(temp_name($name));
  add($out, from_base64());
  undef $temp;
}
sub lines {
  enter($target);
  my ($header, $keeps, @new) = split /\n/, do { local $/; <STDIN> // '' };
  my ($in, @is) = file_at($name);
  my @kept = $in ? grep { /$keeps/ } split /\n/, all_of($in) : ();
  my $time = time;
  my $bytes = join '', map { "$_\n" } $header, @kept, map { "$time $_" } @new;
  my @attributes = attributes_for();
  finish(written(temp_name($name), $bytes), undef, [], @attributes);
}
sub make {
  enter($target);
  my @attributes = attributes_for();
  pipe my $told, my $tell or fail("cannot make a pipe: $!");
  my $pid = child(undef, $tell, '/', @run);
  close $tell;
  my $bytes = all_of($told);
  ended($pid) == 0 or fail("$run[0] failed: nothing is put in place");
  my $out = written(temp_name($name), $bytes);
  ended(child(content($out), undef, '/', @check)) == 0 or fail("$check[0] refuses what $run[0] made: nothing is put in place") if @check;
  give($out, $temp, @attributes, stat $out);
  link $temp, $name or fail("cannot make $target: $!");
}
sub copy {
  enter($set{from});
  my ($in, @is) = file_at($name) or fail("cannot copy $set{from}: it is not there");
  $is[4] = id('user', $set{owner}, $is[4]);
  $is[5] = id('group', $set{group}, $is[5]);
  $is[2] = type($is[2]) | oct $set{mode} if defined $set{mode};
  copy_to($target, $in, @is);
}
sub settle {
  enter($target);
  my $beside = temp_name($name, $set{stay});
  my ($new, @new) = file_at($beside);
  if (!$new) { unlink $name or $! == 2 or fail("cannot remove $target: $!"); return }
  $temp = $beside;
  my ($handle, @is) = inode($name);
  return if !$set{always} && $handle && is_file($is[2]) && "@is[2, 4, 5]" eq "@new[2, 4, 5]" && all_of(content($handle)) eq all_of($new);
  live($name);
}
sub discard {
  enter($target);
  unlink temp_name($name, $set{stay});
}
sub merge {
  enter($set{from});
  my ($from) = file_at($name) or fail("cannot read $set{from}: it is not there");
  my @new = split /\n/, all_of($from);
  my %known = map { ((split)[0], 1) } grep { /\S/ } @new;
  enter($target);
  my ($in, @is) = file_at($name) or return;
  my @more = grep { /^\s*[^\s#]/ && !$known{(split)[0]} } split /\n/, all_of($in);
  my $out = written(temp_name($name, $set{stay}), join '', map { "$_\n" } @new, @more);
  give($out, $temp, @is[4, 5], $is[2] & 07777, stat $out);
  undef $temp;
}
sub own {
  enter($target);
  my ($handle, @is) = inode($name) or fail("cannot own $target: it is not there");
  guard($name, @is);
  my $mode = defined $set{mode} ? oct $set{mode} : undef;
  fail("refused: $target is a symbolic link") if is_link($is[2]) && defined $mode;
  give($handle, $name, id('user', $set{owner}, $is[4]), id('group', $set{group}, $is[5]), $mode, @is);
}
sub tree {
  enter($target);
  own_below($name, id('user', $set{owner}), id('group', $set{group}));
}
sub own_below {
  my ($name, $uid, $gid) = @_;
  my ($handle, @is) = inode($name) or return;
  my ($user, $group) = ($uid // $is[4], $gid // $is[5]);
  if ($is[4] != $user || $is[5] != $group) {
    guard($name, @is);
    give($handle, $name, $user, $group, undef, @is);
  }
  return if !is_dir($is[2]) || $set{depth};
  sysopen my $back, '.', $PATH or fail("$at: $!");
  my @here = ($at, $loose, @dir);
  chdir $handle or fail("cannot go to $at/$name: $!");
  $at = "$at/$name";
  look();
  opendir my $list, '.' or fail("cannot list $at: $!");
  my @names = grep { $_ ne '.' && $_ ne '..' } readdir $list;
  closedir $list;
  own_below($_, $uid, $gid) for @names;
  chdir $back or fail("$here[0]: $!");
  ($at, $loose, @dir) = @here;
}
sub directory {
  new_directory($_, 0, 0, 0755) for @above;
  new_directory($target, id('user', $set{owner}, 0), id('group', $set{group}, 0), oct($set{mode} // '0755'));
}
sub new_directory {
  my ($path, $uid, $gid, $mode) = @_;
  enter($path);
  mkdir $name, 0700 or $set{there} && $! == 17 or fail("cannot make $path: $!");
  my ($handle, @is) = inode($name);
  fail("refused: $path was made, and is another one now")
    if !$handle || !is_dir($is[2]) || !$set{there} && !trusted($is[4]);
  give($handle, $name, $uid, $gid, $mode, @is);
}
sub remove {
  enter($target);
  unlink $name or $! == 2 or fail("cannot remove $target: $!");
}
sub remove_directory {
  enter($target);
  rmdir $name or fail("cannot remove $target: $!");
}
sub remove_tree {
  enter($target);
  exec 'rm', '-rf', '--one-file-system', '--', "./$name";
}
sub symbolic {
  enter($target);
  $temp = temp_name($name);
  unlink $temp;
  symlink $set{to}, $temp or fail("cannot make $at/$temp: $!");
  live($name);
}
sub read_file {
  enter($target);
  my ($in) = file_at($name) or fail("cannot read $target: it is not there");
  binmode STDOUT;
  print all_of($in);
}
my %verbs = (
  put => \&put, piece => \&piece, lines => \&lines, make => \&make, copy => \&copy, settle => \&settle,
  discard => \&discard, merge => \&merge, compile => \&compile,
  own => \&own, tree => \&tree, directory => \&directory, remove => \&remove, symlink => \&symbolic,
  'remove-directory' => \&remove_directory, 'remove-tree' => \&remove_tree, read => \&read_file,
);
umask 077;
eval { ($verbs{$verb} // fail("files: there is no verb $verb"))->(); 1 } or do {
  print STDERR $@;
  exit 1;
};
`

/** Without what people alone read. */
export const FILES_PROGRAM = `${WALK}${CORE}${VERBS}`
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => `${line}\n`)
  .join('')
