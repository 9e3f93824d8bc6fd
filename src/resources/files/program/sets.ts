// The part of the file program (Perl) that puts a set of files in place: writes each beside its target, then renames
// all.

/**
 * `stay=NAME`: what is written stays beside its target as `.TARGET.mailrun-NAME`, until `settle` or `discard`.
 * `most`: a source of `copy` that has more bytes is refused.
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
  if (!$new) { unlink $name or $! == 2 or advised("cannot remove $target"); return }
  $temp = $beside;
  my ($handle, @is) = inode($name);
  my $same = $handle && is_file($is[2]) && "@is[2, 4, 5]" eq "@new[2, 4, 5]";
  return if $same && !$set{always} && all_of(content($handle)) eq all_of($new);
  live($name);
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
