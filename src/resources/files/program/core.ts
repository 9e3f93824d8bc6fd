// The part of the file program (Perl) that all its commands use: arguments, owners and modes by handle, new files,
// child processes.

/**
 * What is made is made as a new file beside its target that is root's alone, written, proved, owned and set by its
 * handle, and renamed last: rename(2) follows no link. What is there is owned and set by a handle that was opened
 * without following.
 *
 * Arguments: a verb, a path, `NAME=VALUE`…, then `--` and a command, for `make` another `--` and a second one. For
 * `each /` there follow, after `--`, any number of such arguments, parted by `,`: each is done after the other, up to
 * the first that fails.
 */
export const CORE = String.raw`
$SIG{$_} = sub { exit 1 } for 'TERM', 'INT', 'HUP';
my ($verb, $target, %set, @above, @run, @check);
sub asked {
  ($verb, $target) = (shift, shift);
  (%set, @above, @run, @check) = ();
  while (@_) {
    my $word = shift;
    last if $word eq '--';
    my ($key, $value) = split /=/, $word, 2;
    push @above, $value if $key eq 'above';
    $set{$key} = $value;
  }
  while (@_) {
    my $word = shift;
    last if $word eq '--' && $verb eq 'make';
    push @run, $word;
  }
  @check = @_;
}
my $NEW = Fcntl::O_RDWR() | Fcntl::O_CREAT() | Fcntl::O_EXCL() | Fcntl::O_SYNC() | $NF;
my ($temp, $kept, @sweep);
sub swept {
  unlink grep { defined } $temp, @sweep;
  ($temp, @sweep) = ();
}
END { swept() }

sub id {
  my ($kind, $account, $else) = @_;
  return $else if !defined $account || $account eq '';
  my $id = $kind eq 'user' ? getpwnam $account : getgrnam $account;
  $id // ($account =~ /^\d+$/ ? $account + 0 : fail("there is no $kind $account"));
}
# Owner first: chown(2) clears setuid and setgid bits. These stay on files of root's, and where nobody else can have
# put the file there.
sub give {
  my ($handle, $name, $uid, $gid, $mode, @is) = @_;
  my $self = by_handle($handle);
  if ($is[4] != $uid || $is[5] != $gid) {
    chown $uid, $gid, $self or advised("cannot give $at/$name another owner");
    my $bits = is_file($is[2]) ? $is[2] & 06000 : 0;
    if ($bits && !defined $mode) {
      $mode = $is[2] & 07777 if trusted($is[4]) || !$loose && !$set{bits};
      fail("$at/$name has the mode " . sprintf('%04o', $is[2] & 07777) . ': say which it is to have')
        if !defined $mode && $set{strict};
    }
    @is = stat $handle;
  }
  return if !defined $mode || ($is[2] & 07777) == $mode;
  chmod $mode, $self or advised("cannot set the mode of $at/$name");
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
  my $why = "$!";
  lstat $beside;
  $why = 'a directory stands there, and mailrun uses that name: remove it' if -d _;
  fail("cannot make $at/$beside: $why");
}
# With what to do about it, where the error does not say so itself.
sub advised {
  my ($what) = @_;
  my ($why, $number) = ("$!", $! + 0);
  $why .= ': it is a mount point: unmount it, or name another path' if $number == 16;
  fail("$what: $why");
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
    # Also where the parent would go on: the child is not the parent.
    $SIG{__DIE__} = sub { print STDERR $_[0]; exit 1 };
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
  pipe my $reported, my $tell or fail("cannot make a pipe: $!");
  my $pid = child($in, $tell, undef, 'sha256sum');
  close $tell;
  my ($digest) = (<$reported> // '') =~ /^([0-9a-f]{64})/;
  ended($pid);
  $digest // '';
}
sub all_of {
  my ($in) = @_;
  my $bytes = '';
  my $count;
  1 while $count = sysread $in, $bytes, 1 << 20, length $bytes;
  fail("cannot read $at/$name whole: $!") if !defined $count;
  $bytes;
}
sub file_at {
  my ($name) = @_;
  my ($handle, @is) = inode($name);
  return if !$handle;
  fail("$at/$name is " . (is_link($is[2]) ? 'a symbolic link' : 'no file')) if !is_file($is[2]);
  guard($name, @is);
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
  complete($out, length $bytes);
}
sub complete {
  my ($out, $size) = @_;
  my $is = -s $out || 0;
  fail("cannot write $at/$temp: $is bytes of $size are there") if $is != $size;
  $out;
}
`
