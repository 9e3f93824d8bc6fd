// The Perl code with which every question about OpenDKIM collects its configuration: the daemon's command line, the
// texts of its configuration and data sets, and the keys that these may name. It does not judge them.
import { WALK } from '../../../resources/files/program/walk.ts'
import { FIRST_PROCESS } from '../first-process.ts'
import { DATA_SETS } from '../configuration/index.ts'
import { PERL_WORDS } from '../../../shell/perl-words.ts'
import { RSA_PUBLIC } from './rsa-public.ts'

/** Of one file, of all, their number, and how deep includes go: config.c reads five. */
export const SOURCE_BOUNDS = { file: 1 << 20, all: 4 << 20, files: 200, depth: 6 } as const

/** Of a private key that is read here: one of 16,384 bits has 13,000. */
const KEY_BYTES = 1 << 14

/**
 * Follows `WALK` (src/resources/files/program/walk.ts) and {@link PERL_WORDS}. Defines:
 *
 * - `daemon_words`: as it was started, then `$runs` is true; else as its unit says, by a process;
 * - `collect_settings`: reads the configuration and what it includes, from `@words` on, into `%text` (by path:
 *   `[KIND, TEXT or WHY]`), `@order`, `$conf` and `%setting` (by name in lower case, the last one counts); `collect`:
 *   data sets, too;
 * - `rows NAME`: lines of the data set of that setting, comments gone, as `[LINE, KEY, VALUE]`;
 * - `key_fields`: of each line of the KeyTable `[DOMAIN, PATH, SELECTOR]`; where there is none, of KeyFile, with `%`
 *   for the domain; paths begin at the root;
 * - `spki PATH`: the public half of a private key, or nothing; by openssl, if it is no plain RSA key;
 * - `tell_sources`: prints `word HEX`, `file HEX KIND REST` for each file (REST is the length of a text, or why it
 *   cannot be read), and
 *   in the end `texts`, followed by the bytes of the texts, one after the other.
 *
 * No private key and no password of a configuration leaves the host. Source: opendkim(8), opendkim.conf(5), config.c
 * and opendkim-db.c of OpenDKIM 2.11.0 Beta2.
 */
export const COLLECT = String.raw`
my (@words, %text, @order, %setting, $conf);
my ($bytes, $runs) = (0, 0);
${RSA_PUBLIC}
# The last of these is in a directory of the daemon's, where a FIFO may stand.
sub first_line {
  sysopen my $in, $_[0], Fcntl::O_RDONLY() | Fcntl::O_NONBLOCK() or return;
  my $line = <$in>;
  $line
}
sub daemon_words {
  for my $from (qw(${FIRST_PROCESS.join(' ')})) {
    my ($pid) = (first_line($from) // '') =~ /^(\d+)/ or next;
    local $/;
    my @all = split /\0/, first_line("/proc/$pid/cmdline") // '';
    next if !@all || $all[0] !~ m{(?:^|/)opendkim$};
    $runs = 1;
    return @all[1 .. $#all];
  }
  return if !-x '/usr/sbin/opendkim';
  my ($start) = output_of(qw(systemctl show -p ExecStart opendkim.service)) =~ /argv\[\]=(.*?) ;/ or return;
  my @all = split ' ', $start;
  @all[1 .. $#all];
}
# What would be a secret: passwords of settings, and private keys that stand in a table.
sub cleaned {
  my ($said, $is_set, $is_keys) = @_;
  # In a table the first word is a name that people chose.
  $said =~ s/^([ \t]*\S*(?:password|passwd|secret)\S*[ \t]+).+/$1(secret)/mig if !$is_set;
  $said =~ s{(://)\S+\@}{$1(hidden)\@}g;
  my $hidden = sub {
    my ($secret) = @_;
    my $word = $secret =~ /^(?:MII|-----BEGIN)/ ? '(key)' : '(hidden)';
    $word . '.' x (length($secret) > length $word ? length($secret) - length $word : 0)
  };
  $said =~ s{^([ \t]*[^\s\#]+[ \t]+[^:\n]*:[^:\n]*:)([^:\s/.%(][^:\s]*)}{$1 . $hidden->($2)}meg if $is_keys;
  $said =~ s{(?<![\w/.+=-])([A-Za-z0-9+=][A-Za-z0-9+/=]{99,})}{$hidden->($1)}eg;
  $said;
}
sub take_text {
  my ($path, $is_set) = @_;
  return if $text{$path};
  push @order, $path;
  return $text{$path} = ['cut'] if @order > ${SOURCE_BOUNDS.files};
  # Data sets are relative to BaseDirectory.
  my $from = $path =~ m{^/} ? $path : (defined $is_set ? $setting{basedirectory} // '' : '') . "/$path";
  my $in = eval { reach($from) };
  my $why = $@;
  chdir '/';
  chomp $why;
  $why = '' if $why =~ /: No such file or directory$/;
  return $text{$path} = ['unreadable', $why] if $why ne '';
  return $text{$path} = [-e $from ? 'other' : 'absent'] if !$in;
  my ($size, $said) = (-s $in, '');
  return $text{$path} = ['cut'] if $size > ${SOURCE_BOUNDS.file} || $bytes + $size > ${SOURCE_BOUNDS.all};
  1 while sysread $in, $said, 1 << 16, length $said and length $said <= ${SOURCE_BOUNDS.file};
  return $text{$path} = ['cut'] if length $said > ${SOURCE_BOUNDS.file};
  return $text{$path} = ['other'] if $said =~ /^-----BEGIN [A-Z ]*PRIVATE KEY-----/m;
  $said = cleaned($said, defined $is_set, ($is_set // '') eq 'keytable');
  $bytes += length $said;
  $text{$path} = ['text', $said];
}
sub said_at { ($text{$_[0]} // [''])->[1] // '' }
sub take_settings {
  my ($path, $depth) = @_;
  take_text($path);
  for (split /\n/, said_at($path)) {
    s/[#\r].*//s;
    my ($set, $value) = /^[ \t]*(\S+)[ \t]+(.*?)[ \t]*$/ or next;
    if (lc $set eq 'include') { take_settings($value, $depth + 1) if $depth < ${SOURCE_BOUNDS.depth} }
    else { $setting{lc $set} = $value }
  }
}
# The path of a data set that is a file; what ends in .db is none of text.
sub file_of {
  return if $_[0] =~ /^[^:]*\.db$/;
  $_[0] =~ m{^(?:(?:re)?file:)(.+)$}is || $_[0] =~ m{^(/.+)$}s ? $1 : undef
}
sub collect_settings {
  my %option;
  my @left = @words;
  while (defined(my $word = shift @left)) {
    $option{$1} = length $2 ? $2 : shift @left if $word =~ /^-[ADflrvWX]*([bcdeFkLopPsStTux])(.*)$/s;
  }
  $conf = $option{x} // '/etc/opendkim.conf';
  take_settings($conf, 0);
  for (['d', 'domain'], ['s', 'selector'], ['k', 'keyfile'], ['u', 'userid'], ['p', 'socket'],
    ['o', 'omitheaders']) {
    $setting{$$_[1]} = $option{$$_[0]} if defined $option{$$_[0]};
  }
}
sub collect {
  collect_settings();
  for my $set (qw(${DATA_SETS.join(' ').toLowerCase()})) {
    my $path = file_of($setting{$set} // next) // next;
    take_text($path, $set);
  }
}
sub rows {
  my $value = $setting{$_[0]} // return;
  my $path = file_of($value);
  my @lines = split /\n/, defined $path ? said_at($path) : $value =~ s/^csl://ir =~ s/,/\n/gr =~ s/=/ /gr;
  my $line = 0;
  map { $line++; s/#.*//s; /^\s*(\S+)(?:\s+(.*?))?\s*$/ ? [$line, $1, $2 // ''] : () } @lines;
}
# As wholePath() of src/signers/opendkim/configuration has it.
sub whole {
  my ($path) = @_;
  return $path if $path =~ m{^/|%};
  my $whole = ($setting{basedirectory} // '') . "/$path";
  $whole =~ s{/(?:\.?/)+}{/}gr
}
sub key_fields {
  return map { ['%', whole($_), $setting{selector} // ''] } $setting{keyfile} // () if !defined $setting{keytable};
  my @of = map { [(split /:/, $$_[2], 3)[0, 2, 1]] } rows('keytable');
  map { [$$_[0], whole($$_[1]), $$_[2]] }
    grep { defined $$_[1] && $$_[1] ne '' && $$_[1] !~ /^\((?:key|hidden)\)/ } @of;
}
sub spki {
  my ($path) = @_;
  local $^F = 1023;
  my $in = eval { reach($path) };
  chdir '/';
  return '' if !$in;
  my $text = '';
  1 while sysread $in, $text, 1 << 14, length $text and length $text < ${KEY_BYTES};
  my $public = length $text < ${KEY_BYTES} && rsa_public($text);
  return $public if $public;
  my $pem = output_of('openssl', 'pkey', '-in', '/proc/self/fd/' . fileno $in, '-passin', 'pass:', '-pubout');
  $pem =~ /^-----BEGIN PUBLIC KEY-----([^-]*)-----END/ ? $1 =~ s/\s//gr : '';
}
sub has_openssl { scalar grep { -x "$_/openssl" } split /:/, $ENV{PATH} // '' }
sub tell_sources {
  say_line('word', hex_of($_)) for @words;
  for (@order) {
    my ($kind, $rest) = @{$text{$_}};
    say_line('file', hex_of($_), $kind, $kind eq 'text' ? length $rest : hex_of($rest // ''));
  }
  say_line('texts');
  print map { $text{$_}[0] eq 'text' ? $text{$_}[1] : () } @order;
}
`

/** The same with `WALK`, for a program that has names of its own; it reads all by `read_opendkim`. */
export const COLLECT_APART = `{
${WALK}
${PERL_WORDS}
${COLLECT}
sub read_opendkim {
  @words = daemon_words();
  collect();
  (\\@words, \\%setting, \\@order, $conf);
}
}`
