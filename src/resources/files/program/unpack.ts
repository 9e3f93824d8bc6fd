// The part of the file program (Perl) that unpacks an archive: beside its target, within limits, looked through, and
// then put in place whole.

/**
 * `unpack`: the archive `source`, a tar file as it is or compressed, becomes the directory `PATH`. `strip`: parts that
 * names lose at their beginning. `bytes`, `files`: the most that it may hold. `stamp`: the text of the file
 * `.mailrun-archive` in it. `new=1`: a directory that is there must be empty.
 *
 * tar(1) works in a directory that is root's alone, and which it cannot leave: it takes names with `..` for faults, and
 * makes links that lead elsewhere last. What it made is looked through before anybody else can see it.
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
sub fill {
  my ($handle, $in, $packer) = @_;
  local $SIG{PIPE} = 'IGNORE';
  umask 022;
  my @tar = ('tar', '-x', '--no-same-owner', '--no-same-permissions', '--no-selinux', '--no-acls', '--no-xattrs');
  pipe my $plain, my $from or fail("cannot make a pipe: $!");
  pipe my $to_read, my $to or fail("cannot make a pipe: $!");
  my $unpacks = child($in, $from, '/', $packer, $packer eq 'cat' ? () : '-dc');
  my $tars = child($to_read, undef, "/proc/$$/fd/" . fileno $handle, @tar, "--strip-components=$set{strip}", '-f', '-');
  close $_ for $from, $to_read;
  my ($total, $bytes, $closed) = (0, '');
  while (sysread $plain, $bytes, 1 << 16) {
    $total += length $bytes;
    last if $total > $set{bytes};
    $closed ||= !defined syswrite $to, $bytes;
  }
  kill 'KILL', $unpacks, $tars if $total > $set{bytes};
  close $_ for $plain, $to;
  my ($tar, $unpacked) = (ended($tars), ended($unpacks));
  umask 077;
  fail("it holds more than $set{bytes} bytes: say maxBytes") if $total > $set{bytes};
  fail("$packer cannot unpack it") if $unpacked;
  fail('tar cannot unpack it') if $tar;
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
      fail("refused: $path is a symbolic link that leads out of the archive: " . readlink $each)
        if leads_out(readlink $each, $depth);
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
sub leads_out {
  my ($to, $depth) = @_;
  return 1 if $to =~ m{^/};
  for my $part (split m{/}, $to) {
    $depth-- if $part eq '..';
    $depth++ if $part ne '..' && $part ne '.' && $part ne '';
    return 1 if $depth < 0;
  }
  0;
}
`
