// The part of the file program (Perl) that puts a file in place: from bytes, pieces or lines, or from the output of a
// command.

/**
 * `put` makes the directories `above` first, where they are not there. `put` and `piece` read base64 from standard
 * input, `lines` a header, an expression and lines. Exit status 75 where what is there is not what the content is made
 * of.
 */
export const PUT = String.raw`
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
sub validate {
  my ($out, @attributes) = @_;
  return if !@run;
  my $path = "$at/$temp";
  if ($below) {
    sysseek $out, 0, 0;
    ($path, my $copy) = out_of_reach($temp, all_of($out));
    give($copy, $path, @attributes, stat $copy);
  }
  ended(child(undef, undef, '/', map { s/%s/$path/gr } @run)) == 0
    or fail('refused by its validation; the file in place is untouched');
}
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
  sysopen my $back, '.', $PATH or fail("$at: $!");
  my @here = ($whole, $name, $at, $loose, $below, $temp, @dir);
  # The copy may fail while another directory is the current one.
  push @sweep, "/proc/$$/fd/" . fileno($kept = $back) . "/$temp";
  undef $temp;
  copy_to($path, content($handle), @is);
  chdir $back or fail("$here[2]: $!");
  pop @sweep;
  ($whole, $name, $at, $loose, $below, $temp, @dir) = @here;
}
sub live {
  my ($name) = @_;
  rename $temp, $name or advised("cannot replace $at/$name");
  undef $temp;
}
sub finish {
  my ($out, $handle, $is, @attributes) = @_;
  give($out, $temp, @attributes, stat $out);
  validate($out, @attributes);
  backup($handle, @$is);
  live($name);
}
sub put {
  -d or new_directory($_, 0, 0, 0755) for @above;
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
  pipe my $reported, my $tell or fail("cannot make a pipe: $!");
  my $pid = child(undef, $tell, '/', @run);
  close $tell;
  my $bytes = all_of($reported);
  ended($pid) == 0 or fail("$run[0] failed: nothing is put in place");
  my $out = written(temp_name($name), $bytes);
  my $refused = @check && ended(child(content($out), undef, '/', @check));
  fail("$check[0] refuses what $run[0] made: nothing is put in place") if $refused;
  give($out, $temp, @attributes, stat $out);
  link $temp, $name or fail("cannot make $target: $!");
}
sub compile {
  my $text = reach($target) or fail("cannot compile $target: it is not there, or is no file");
  my ($reached, @is) = ($below, stat $text);
  enter($target);
  $below ||= $reached;
  my $table = "$name.$set{ending}";
  my ($from) = $below ? out_of_reach(temp_name($name), all_of($text)) : "$at/$name";
  push @sweep, "$from.$set{ending}" if $below;
  ended(child(undef, undef, '/', map { s/%s/$from/gr } @run)) == 0 or fail("$run[0] failed");
  if ($below) {
    open my $made, '<', "$from.$set{ending}" or fail("$run[0] has made no $from.$set{ending}: $!");
    $set{now} = 1;
    $is[2] &= 0170666;
    return copy_to("$target.$set{ending}", $made, @is);
  }
  my ($made) = file_at($table) or fail("$run[0] has made no $at/$table");
  utime undef, undef, $made or fail("cannot touch $at/$table: $!");
}
`
