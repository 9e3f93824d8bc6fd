// The part of the file program (Perl) that sets owner and mode of existing paths, and makes directories.

/**
 * `bits=root`: setuid and setgid bits stay on files of root's alone; `strict=1`: where they would go, it fails.
 */
export const OWN = String.raw`
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
  # A directory after what is in it, as chown -R: its former owner's files with several names are known by it.
  own_in($handle, $name, $uid, $gid) if is_dir($is[2]) && !$set{depth};
  my ($user, $group) = ($uid // $is[4], $gid // $is[5]);
  return if $is[4] == $user && $is[5] == $group;
  guard($name, @is);
  give($handle, $name, $user, $group, undef, @is);
}
sub own_in {
  my ($handle, $name, $uid, $gid) = @_;
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
  my $made = mkdir $name, 0700;
  $made or $set{there} && $! == 17 or fail("cannot make $path: $!");
  my ($handle, @is) = inode($name);
  fail("refused: $path was made, and is another one now")
    if $made ? !is_new($handle, @is) : !$handle || !is_dir($is[2]);
  give($handle, $name, $uid, $gid, $mode, @is);
}
# Not another directory of root's, which whoever owns this one has moved there.
sub is_new {
  my ($handle, @is) = @_;
  $handle && is_dir($is[2]) && trusted($is[4]) or return;
  opendir(my $list, by_handle($handle)) or return;
  2 == (() = readdir $list);
}
# useradd(8), login.defs(5): HOME_MODE, else what UMASK leaves of 0777. Numbers as C has them.
sub home_mode {
  my %set = (UMASK => '022');
  if (open my $in, '<', '/etc/login.defs') {
    while (<$in>) { $set{$1} = $2 if /^\s*(HOME_MODE|UMASK)\s+"?(0x[0-9a-fA-F]+|\d+)/ }
  }
  my ($mode, $umask) = map { !defined || /^[1-9]/ ? $_ : oct } @set{'HOME_MODE', 'UMASK'};
  ($mode // 0777 & ~$umask) & 07777;
}
sub home {
  my ($uid, $gid, $path) = (getpwnam $target)[2, 3, 7];
  defined $uid or fail("there is no user $target");
  enter($path);
  return if inode($name);
  # Filled beside its name: a run that is killed leaves no home that the next one takes for whole.
  my ($home, $name) = ($name, temp_name($name));
  system 'rm', '-rf', '--one-file-system', '--', "./$name";
  mkdir $name, 0700 or fail("cannot make $at/$name: $!");
  my ($handle, @is) = inode($name);
  fail("refused: $path was made, and is another one now") if !is_new($handle, @is);
  my $in = "/proc/$$/fd/" . fileno $handle;
  umask 022;
  my $failed = -d '/etc/skel' && ended(child(undef, undef, '/', 'cp', '-rT', '--', '/etc/skel', "$in/."));
  if ($failed) {
    system 'rm', '-rf', '--one-file-system', '--', "./$name";
    fail("cannot fill $at/$name: $path is not made");
  }
  $set{bits} = 'root';
  own_in($handle, $name, $uid, $gid);
  give($handle, $name, $uid, $gid, home_mode(), @is);
  rename $name, $home or fail("cannot make $path: $!");
}
`
