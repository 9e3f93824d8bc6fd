// The part of the file program (Perl) that unpacks an archive: beside its target, within limits, looked through, and
// then put in place whole.

/**
 * `unpack`: the archive `source`, a tar file as it is or compressed, becomes the directory `PATH`. `strip`: parts that
 * names lose at their beginning. `bytes`, `files`: the most that it may hold. `stamp`: the text of the file
 * `.mailrun-archive` in it. `new=1`: a directory that is there must be empty.
 *
 * tar(1) lists it first, then works in a directory that is root's alone, and which it cannot leave: it takes names with
 * `..` for faults, and makes links that lead elsewhere last. What it made is looked through before anybody else can see
 * it.
 */
export const UNPACK = String.raw`
sub unpack_archive {
  enter($set{source});
  my ($in) = file_at($name) or fail("cannot read $set{source}: it is not there");
  my $packer = packer_of($in);
  grep { -x "$_/$packer" } '/usr/bin', '/bin' or fail("it is made by $packer, which is not there: install its package");
  enter($target);
  my ($whole, $new, $old) = ($name, temp_name($name), temp_name($name, 'old'));
  remove_all($_) for $new, $old;
  mkdir $new, 0700 or fail("cannot make $at/$new: $!");
  my ($handle, @is) = inode($new);
  fail("refused: $at/$new was made, and is another one now") if !is_new($handle, @is);
  my $done = eval { fill($handle, $in, $packer); look_through($handle, $new); 1 };
  my $why = $@;
  if (!$done) { remove_all($new); fail($why =~ s/\n$//r) }
  my ($uid, $gid) = (id('user', $set{owner}, 0), id('group', $set{group}, 0));
  $set{bits} = 'root';
  own_in($handle, $new, $uid, $gid);
  give($handle, $new, $uid, $gid, 0755, @is);
  exchange($whole, $new, $old);
}
sub packer_of {
  my ($in) = @_;
  sysread $in, my $first, 512;
  sysseek $in, 0, 0;
  return 'cat' if length $first == 512 && substr($first, 257, 5) eq 'ustar';
  $first =~ /^\x1f\x8b/ ? 'gzip' : $first =~ /^BZh/ ? 'bzip2' : $first =~ /^\xfd7zXZ/ ? 'xz'
    : $first =~ /^\x28\xb5\x2f\xfd/ ? 'zstd' : 'cat';
}
sub remove_all { system 'rm', '-rf', '--one-file-system', '--', "./$_[0]" }
# rename(2) replaces an empty directory by itself.
sub exchange {
  my ($whole, $new, $old) = @_;
  return if rename $new, $whole;
  my $why = "$!";
  if ($set{new} || !rename $whole, $old) { remove_all($new); fail("cannot put $target in place: $why") }
  if (!rename $new, $whole) {
    $why = "$!";
    rename $old, $whole;
    remove_all($new);
    fail("cannot put $target in place: $why");
  }
  remove_all($old);
}
# What tar lists is counted first: what has too many files makes none.
sub fill {
  my ($handle, $in, $packer) = @_;
  my @of = ("--strip-components=$set{strip}", '-f', '-');
  pipe my $names, my $lists or fail("cannot make a pipe: $!");
  my $counts = fork // fail("cannot fork: $!");
  if (!$counts) {
    ($temp, @sweep) = ();
    close $lists;
    exit counted($names);
  }
  close $names;
  my $failed = through($in, $packer, '/', $lists,
    'tar', '--list', '--show-transformed-names', '--quoting-style=escape', @of);
  close $lists;
  my $many = ended($counts) >> 8;
  fail("it holds more than $set{files} files: say maxFiles") if $many == 1;
  fail('it holds a name that is longer than any may be') if $many;
  fail($failed) if $failed;
  umask 022;
  $failed = through($in, $packer, "/proc/$$/fd/" . fileno $handle, undef,
    'tar', '-x', '--no-same-owner', '--no-same-permissions', '--no-selinux', '--no-acls', '--no-xattrs', @of);
  umask 077;
  fail($failed) if $failed;
}
# With the directories that no name of its own is for, which tar makes, too.
sub counted {
  my ($in) = @_;
  my ($text, $count, %at) = ('', 0);
  while (sysread $in, $text, 1 << 16, length $text) {
    my @names = split /\n/, $text, -1;
    $text = pop @names;
    for my $name (@names) {
      my $above = 0;
      $above = $at{"$above/$_"} //= ++$count for grep { $_ ne '' && $_ ne '.' } split m{/}, $name;
      return 1 if $count > $set{files};
    }
    return 2 if length $text > 1 << 16;
  }
  0;
}
# Why tar did not read all of it.
sub through {
  my ($in, $packer, $where, $out, @tar) = @_;
  sysseek $in, 0, 0;
  local $SIG{PIPE} = 'DEFAULT';
  pipe my $plain, my $from or fail("cannot make a pipe: $!");
  pipe my $to_read, my $to or fail("cannot make a pipe: $!");
  my $unpacks = child($in, $from, '/', $packer, $packer eq 'cat' ? () : '-dc');
  my $tars = child($to_read, $out, $where, @tar);
  close $_ for $from, $to_read;
  $SIG{PIPE} = 'IGNORE';
  my ($total, $bytes, $closed) = (0, '');
  while (!$closed && sysread $plain, $bytes, 1 << 16) {
    $total += length $bytes;
    last if $total > $set{bytes};
    $closed = !defined syswrite $to, $bytes;
  }
  kill 'KILL', $unpacks, $tars if $closed || $total > $set{bytes};
  close $_ for $plain, $to;
  my ($tar, $unpacked) = (ended($tars), ended($unpacks));
  return "it holds more than $set{bytes} bytes: say maxBytes" if $total > $set{bytes};
  return "$packer cannot unpack it" if $unpacked && !$closed;
  return 'tar cannot unpack it' if $tar || $closed;
}
# Of every hard link all names must be in here, and no link may lead out.
sub look_through {
  my ($handle, $top) = @_;
  sysopen my $back, '.', $PATH or fail("$at: $!");
  chdir $handle or fail("cannot go to $at/$top: $!");
  my $done = eval { look_at_all(); 1 };
  my $why = $@;
  chdir $back or fail("$at: $!");
  fail($why =~ s/\n$//r) if !$done;
}
sub look_at_all {
  my ($files, $bytes, %left) = (0, 0);
  look_in('', 0, \$files, \$bytes, \%left);
  my ($other) = grep { $left{$_}[0] } keys %left;
  fail("refused: $left{$other}[1] is a hard link to a file that is not in the archive") if defined $other;
  fail('nothing is in it: is strip too high?') if !$files;
  my $out = written('.mailrun-archive', "$set{stamp}\n");
  undef $temp;
  chmod 0644, by_handle($out);
}
sub look_in {
  my ($below, $depth, $files, $bytes, $left) = @_;
  opendir my $list, '.' or fail("cannot list $below: $!");
  for my $each (grep { $_ ne '.' && $_ ne '..' } readdir $list) {
    my $path = "$below$each";
    fail("it holds more than $set{files} files: say maxFiles") if ++$$files > $set{files};
    fail('refused: it holds the name .mailrun-archive') if $path eq '.mailrun-archive';
    my @is = lstat $each or fail("$path: $!");
    my $kind = type($is[2]);
    if (is_link($is[2])) {
      my $to = readlink $each;
      my $why = refusal($to, $depth);
      fail("refused: $path is a symbolic link $why: $to") if $why;
      next;
    }
    fail("refused: $path is neither a file nor a directory nor a link") if !is_file($is[2]) && !is_dir($is[2]);
    fail("refused: $path has the setuid or setgid bit") if $is[2] & 06000;
    fail("it holds more than $set{bytes} bytes: say maxBytes") if ($$bytes += $is[7]) > $set{bytes};
    if (is_file($is[2]) && $is[3] > 1) {
      $$left{$is[1]} //= [$is[3], $path];
      $$left{$is[1]}[0]--;
    }
    next if !is_dir($is[2]);
    fail("refused: directories below each other without end: $path") if $depth > 200;
    chdir $each or fail("cannot go to $path: $!");
    look_in("$path/", $depth + 1, $files, $bytes, $left);
    chdir '..' or fail("$path/..: $!");
  }
}
# What stands before a '..' may be a link itself: only one that begins with all of its '..' leads where its text says.
sub refusal {
  my ($to, $depth) = @_;
  return 'that leads out of the archive' if $to =~ m{^/};
  my $down = 0;
  for my $part (grep { $_ ne '' && $_ ne '.' } split m{/}, $to) {
    if ($part ne '..') { $down = 1; next }
    return "with '..' after another name" if $down;
    return 'that leads out of the archive' if --$depth < 0;
  }
}
`
