// The Perl code that finds the milters that a Postfix may ask. It needs only Debian's perl-base.

/**
 * Puts each socket that a service may ask into `@to`: `{ name, path }`, with `queue` if the service asks from a chroot,
 * or `{ name, host, port }`. The program prints `name`. `$owner` is Postfix's user.
 *
 * It parses main.cf and master.cf of each instance itself, so it needs no other process: logical lines, `$name` and
 * conditions, options of each service. If master.cf does not say whether a service has a chroot, both are tried.
 *
 * Source: postconf(5), master(5), mac_expand(3) of Postfix.
 */
export const MILTERS_NAMED = String.raw`sub MOST() { 64 }
sub BYTES() { 1048576 }
sub DEPTH() { 100 }
sub NAMES() { 1000 }
sub hex_of { unpack('H*', $_[0]) || '-' }
sub lines_of {
  open my $in, '<', $_[0] or return;
  read $in, my $text, BYTES;
  close $in;
  my @lines;
  for (split /\n/, $text) {
    next if /^\s*(?:#|$)/;
    # A line that begins with a blank goes on with the one before.
    if (!/^\s/) { push @lines, $_ }
    elsif (@lines) { $lines[-1] .= " $_" }
  }
  @lines
}
my $braces;
$braces = qr/\{(?:[^{}]++|(??{ $braces }))*+\}/;
sub bare { $_[0] =~ /^\{\s*(.*?)\s*\}$/s ? $1 : $_[0] }
sub items {
  my ($list, $between) = @_;
  my @items;
  push @items, $1 while $list =~ /\G[\s$between]*((?:$braces|[^\s$between])+)/gc;
  @items
}
my (%set, %seen, @to, $names);
sub value { defined $set{$_[0]} ? $set{$_[0]} : '' }
sub expanded {
  my ($text, $depth) = @_;
  my $out = '';
  while ($text =~ /\G(?:([^\$]+)|\$(?:(\$)|($braces)|\((\w+)\)|(\w+)))/gc) {
    my ($plain, $dollar, $braced, @name) = ($1, $2, $3, $4, $5);
    if (defined $plain) { $out .= $plain }
    elsif (defined $dollar) { $out .= '$' }
    elsif (++$names <= NAMES && $depth < DEPTH) {
      my ($name) = grep { defined } @name;
      $out .= defined $name ? expanded(value($name), $depth + 1) : chosen(substr($braced, 1, -1), $depth + 1)
    }
    last if length $out > 65536;
  }
  $out
}
# What stands between the braces of a macro: a name, or a condition with its branches.
sub chosen {
  my ($macro, $depth) = @_;
  return expanded(value($1), $depth) if $macro =~ /^\s*(\w+)\s*$/;
  my ($true, $rest);
  if ($macro =~ /^\s*(\w+)\s*([?:].*)$/s) { ($true, $rest) = (length value($1), $2) }
  elsif ($macro =~ /^\s*($braces)\s*([=!<>]=|[<>])\s*($braces)\s*([?:].*)$/s) {
    my ($one, $operator, $other) = ($1, $2, $3);
    $rest = $4;
    $true = holds($operator, map { expanded(substr($_, 1, -1), $depth) } $one, $other)
  } else { return '' }
  my ($then, $else) = ('', '');
  ($then, $rest) = branch(substr $rest, 1) if $rest =~ /^\?/;
  ($else) = branch(substr $rest, 1) if $rest =~ /^:/;
  expanded($true ? $then : $else, $depth)
}
sub branch { $_[0] =~ /^\s*($braces)\s*(.*)$/s ? (substr($1, 1, -1), $2) : ($_[0], '') }
sub holds {
  my ($operator, $one, $other) = @_;
  my $order = "$one $other" =~ /^\d+ \d+$/ ? $one <=> $other : $one cmp $other;
  $operator eq '==' ? $order == 0 : $operator eq '!=' ? $order != 0 : $operator eq '<' ? $order < 0
    : $operator eq '<=' ? $order <= 0 : $operator eq '>' ? $order > 0 : $order >= 0
}
sub want {
  my ($list, $chrooted) = @_;
  ($list, $names) = (expanded($list, 0), 0);
  for my $item (items($list, ',')) {
    $item = (items(substr($item, 1, -1), ','))[0] if $item =~ /^\{/;
    next unless defined $item;
    my %to;
    if ($item =~ /^(?:unix|local):(.+)$/) {
      my $path = $1;
      my $queue = expanded(value('queue_directory'), 0);
      my $inside = $chrooted || $path !~ m{^/};
      my $outside = $inside ? "$queue/" . $path =~ s{^/+}{}r : $path;
      %to = (name => 'unix ' . hex_of($outside), path => $chrooted ? "/$path" =~ s{^/+}{/}r : $outside);
      $to{queue} = $queue if $chrooted;
    } elsif ($item =~ /^inet:(?:\[(?:ipv6:)?([^\]]*)\]:|(.*):)?([\w-]+)$/i) {
      my ($host, $port) = (lc(defined $1 ? $1 : defined $2 && length $2 ? $2 : 'localhost'), $3);
      %to = (name => 'inet ' . hex_of($host) . ' ' . hex_of($port), host => $host, port => $port);
    } else {
      next
    }
    push @to, \%to unless $seen{$to{name}} || @to >= MOST;
    $seen{$to{name}} = 1;
  }
}
# -o name=value, -oname=value, -o { name = value }
sub options {
  my %own;
  while (@_) {
    my ($letter, $rest) = bare(shift) =~ /^-[cdDlSuvVz]*(.?)(.*)$/s or last;
    next if $letter eq '';
    my $given = length $rest ? $rest : bare(shift(@_) || '');
    $own{$1} = $2 if $letter eq 'o' && $given =~ /^\s*(\w+)\s*=\s*(.*?)\s*$/s;
  }
  %own
}
my %list = (smtpd => 'smtpd_milters', cleanup => 'non_smtpd_milters');
sub instance {
  my ($directory) = @_;
  %set = (queue_directory => '/var/spool/postfix', mail_owner => 'postfix');
  open my $name, '<', '/proc/sys/kernel/hostname';
  chomp($set{myhostname} = <$name>);
  for (lines_of("$directory/main.cf")) { $set{$1} = $2 if /^([\w-]+)\s*=\s*(.*?)\s*$/ }
  my %done;
  for (lines_of("$directory/master.cf")) {
    my ($service, $type, undef, undef, $chroot, undef, undef, $command, @words) = items($_, '');
    next unless defined $command && $command =~ m{(?:^|/)(smtpd|cleanup)$};
    my ($list, %own) = ($list{$1}, options(@words));
    for my $chrooted ($chroot eq '-' ? (0, 1) : $chroot eq 'y' ? 1 : 0) {
      next if !%own && $done{"$list $chrooted"}++;
      local @set{keys %own} = values %own;
      want(value($list), $chrooted);
    }
  }
  map { $set{$_} } 'multi_instance_directories', 'mail_owner'
}
my $main = '/etc/postfix';
my ($more, $owner) = instance($main);
instance($_) for grep { m{^/} && $_ ne $main } split /[\s,]+/, defined $more ? $more : '';
`
