// The part of the file program (Perl) that puts a set of files in place: writes each beside its target, then renames
// all.

/**
 * `stay=NAME`: what is written stays beside its target as `.TARGET.mailrun-NAME`, until `settle` or `discard`.
 * `most`: a source of `copy` that has more bytes is refused. `now=1`: the copy does not get the time of its source.
 * `tell=1`: `settle` prints the path where it has replaced or removed something.
 */
export const SETS = String.raw`
sub copy_to {
  my ($path, $in, @is) = @_;
  enter($path);
  my $out = copied(temp_name($name, $set{stay}), $in);
  give($out, $temp, @is[4, 5], $is[2] & 07777, stat $out);
  # To the nanosecond, which Perl's own utime has not.
  my ($from, $to) = map { "/proc/$$/fd/" . fileno $_ } $in, $out;
  my $timed = $set{now} || ended(child(undef, undef, '/', 'touch', '-cr', $from, $to)) == 0;
  fail("cannot set the time of $at/$temp") if !$timed;
  return live($name) if !$set{stay};
  undef $temp;
}
# In blocks: it may be larger than the memory.
sub copied {
  my ($beside, $in) = @_;
  my ($out, $size, $count, $bytes) = (fresh($beside), 0);
  while ($count = sysread $in, $bytes, 1 << 20) {
    $size += $count;
    fail("$set{source} has more than $set{most} bytes: say maxBytes") if defined $set{most} && $size > $set{most};
    add($out, $bytes);
  }
  fail("cannot read $at/$name whole: $!") if !defined $count;
  complete($out, $size);
}
sub copy {
  my $in = reach($set{source}) or fail("cannot copy $set{source}: it is not there, or is no file");
  my @is = stat $in;
  $is[4] = id('user', $set{owner}, $is[4]);
  $is[5] = id('group', $set{group}, $is[5]);
  $is[2] = type($is[2]) | oct $set{mode} if defined $set{mode};
  copy_to($target, $in, @is);
}
sub settle {
  enter($target);
  my $beside = temp_name($name, $set{stay});
  my ($new, @new) = file_at($beside);
  if (!$new) {
    my $removed = unlink $name;
    $removed or $! == 2 or advised("cannot remove $target");
    print "$target\n" if $removed && $set{tell};
    return;
  }
  $temp = $beside;
  my ($handle, @is) = inode($name);
  my $same = $handle && is_file($is[2]) && "@is[2, 4, 5]" eq "@new[2, 4, 5]";
  return if $same && !$set{always} && all_of(content($handle)) eq all_of($new);
  live($name);
  print "$target\n" if $set{tell};
}
# A directory and the files in it are on the disk.
sub flush {
  enter("$target/.");
  require IO::Handle;
  opendir my $list, '.' or fail("cannot list $target: $!");
  for my $each ('.', grep { $_ ne '.' && $_ ne '..' } readdir $list) {
    sysopen my $in, $each, Fcntl::O_RDONLY() | Fcntl::O_NONBLOCK() | $NF or fail("cannot read $at/$each: $!");
    $in->sync or fail("cannot write $at/$each to the disk: $!");
  }
}
# To another name in the same directory.
sub move {
  enter($target);
  rename $name, $set{to} or fail("cannot rename $target: $!");
}
# Puts a line and what it is about in place together.
sub stamp {
  enter($target);
  my ($in) = file_at("$name.new") or fail("cannot read $target.new: it is not there");
  written(temp_name($name), "$target\n$set{of}\0" . all_of($in) . ".end\0");
  live($name);
  unlink "$name.new";
}
sub discard {
  enter($target);
  unlink temp_name($name, $set{stay});
}
sub merge {
  enter($set{source});
  my ($from) = file_at($name) or fail("cannot read $set{source}: it is not there");
  my @new = split /\n/, all_of($from);
  my %known = map { ((split)[0], 1) } grep { /\S/ } @new;
  enter($target);
  my ($in, @is) = file_at($name) or return;
  my @more = grep { /^\s*[^\s#]/ && !$known{(split)[0]} } split /\n/, all_of($in);
  my $out = written(temp_name($name, $set{stay}), join '', map { "$_\n" } @new, @more);
  give($out, $temp, @is[4, 5], $is[2] & 07777, stat $out);
  undef $temp;
}
`
