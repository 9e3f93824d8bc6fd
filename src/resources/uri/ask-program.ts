// The program (Perl) with which a host asks one URL and judges the answer. It needs perl-base alone and, for HTTPS,
// openssl(1), which comes with ca-certificates.
import { packed } from '../files/program/packed.ts'

/** Of a line of the head, of the head, and of the part of the body that is searched. */
export const MOST_LINE = 16 << 10
export const MOST_HEAD = 64 << 10
export const MOST_BODY = 1 << 20

/**
 * RFC 9112, one question over one connection, which is closed then. Redirections are answers like others. Standard
 * input has the words, each ended by a NUL: scheme, host (of IPv6 without brackets), port, the Host field, method,
 * target, the wanted status codes with commas, the wanted text, the file of certificates, then name and value of each
 * header field. So no list of processes shows a header field.
 *
 * The server is a stranger: of its answer nothing is printed but a status code, a number of bytes, and where it
 * redirects to. The body is read only where a text is wanted in it.
 */
export const ASK_PROGRAM = packed(String.raw`
use strict;
$SIG{PIPE} = 'IGNORE';
my ($most_line, $most_head, $most_body) = @ARGV;
my @words = do { local $/; split /\0/, <STDIN>, -1 };
pop @words;
my ($scheme, $host, $port, $field, $method, $target, $wanted, $text, $ca, @headers) = @words;
my ($from, $to, $said, $openssl, $buffer, $head) = (undef, undef, undef, undef, '', 0);
# It would wait for the server to close.
END { kill 'KILL', $openssl if $openssl }
sub fail { print STDERR "$_[0]\n"; exit 1 }
# One line that a terminal can show.
sub shown { my ($it, $most) = @_; $it =~ s/[^\x20-\x7e]+/ /g; substr $it, 0, $most }

sub plain {
  require IO::Socket::IP;
  $from = $to = IO::Socket::IP->new(PeerHost => $host, PeerService => $port, Type => Socket::SOCK_STREAM())
    or fail('no connection: ' . shown($@, 300));
}
sub encrypted {
  require IPC::Open3;
  require Symbol;
  my $ip = $host =~ /:|^[0-9.]+$/;
  my @name = ($ip ? ('-noservername', '-verify_ip') : ('-servername', $host, '-verify_hostname'), $host);
  my @ca = $ca eq '' ? () : ('-CAfile', $ca);
  $ca eq '' || -r $ca or fail("caFile: $ca cannot be read");
  $said = Symbol::gensym();
  my @at = ('-connect', $host =~ /:/ ? "[$host]:$port" : "$host:$port");
  my @how = ('-quiet', '-verify_quiet', '-verify', 16, '-verify_return_error', '-alpn', 'http/1.1');
  eval { $openssl = IPC::Open3::open3($to, $from, $said, 'openssl', 's_client', @how, @name, @ca, @at) }
    or fail('openssl is not there, which HTTPS needs: install openssl and ca-certificates');
}
# Why TLS did not come about: what openssl says of the certificate, else the reason of its first error.
sub complaint {
  return '' if !$said;
  my @lines = map { shown($_, 300) } split /\n/, do { local $/; readline($said) // '' };
  my @verify = map { /^verify error:num=\d+:(.*)/ ? $1 : () } @lines;
  if (@verify) {
    my $hint = $verify[0] =~ /local issuer|self.signed/ && $ca eq '' && !-e '/etc/ssl/certs/ca-certificates.crt'
      ? ': the host knows no authorities, install ca-certificates' : '';
    return "the certificate is not accepted: $verify[0]$hint";
  }
  # THREAD:error:CODE:LIBRARY:FUNCTION:REASON:FILE:LINE:DATA
  for (@lines) {
    my ($function, $reason, $data) = /^[0-9A-F]+:error:[^:]*:[^:]*:([^:]*):([^:]*):[^:]*:\d+:(.*)/ or next;
    return ($function =~ /connect|lookup/ ? 'no connection: ' : 'TLS: ') . ($reason eq 'system lib' ? $data : $reason);
  }
  return '';
}
sub more { my $got = sysread $from, $buffer, 65536, length $buffer; $got ? $got : 0 }
sub broken {
  my ($where) = @_;
  my $begun = $head || length $buffer;
  my $why = $begun ? '' : complaint();
  fail($why ne '' ? $why : $begun ? "the answer broke off $where" : 'the server closed without an answer');
}
sub line {
  while (1) {
    if ((my $end = index $buffer, "\n") >= 0) {
      my $line = substr $buffer, 0, $end + 1, '';
      fail('a line of the answer is too long') if $most_line < $end;
      $line =~ s/\r?\n\z//;
      return $line;
    }
    fail('a line of the answer is too long') if $most_line < length $buffer;
    more() or broken($_[0]);
  }
}
# At most so many bytes of the body.
sub take {
  my ($count) = @_;
  while (length $buffer < $count) { more() or broken('in its body') }
  substr $buffer, 0, $count, '';
}
sub least { $_[0] < $_[1] ? $_[0] : $_[1] }

$scheme eq 'https' ? encrypted() : plain();
binmode $_ for $from, $to;
my %given = map { lc, 1 } @headers[grep { !($_ & 1) } 0 .. $#headers];
unshift @headers, 'Accept', '*/*' if !$given{accept};
unshift @headers, 'User-Agent', 'mailrun' if !$given{'user-agent'};
my $request = "$method $target HTTP/1.1\r\nHost: $field\r\n";
while (my ($name, $value) = splice @headers, 0, 2) { $request .= "$name: $value\r\n" }
$request .= "Accept-Encoding: identity\r\nConnection: close\r\n\r\n";
while (length $request) {
  my $count = syswrite $to, $request;
  last if !$count;
  substr $request, 0, $count, '';
}

my ($status, %field);
# Interim answers go before the real one (RFC 9110, 15.2).
for my $try (1 .. 10) {
  my $first = line('before its head');
  $head = length $first;
  $first =~ m{^HTTP/1\.[01] ([1-5]\d\d)(?: |\z)} or fail('what answers does not speak HTTP/1.1');
  $status = $1;
  %field = ();
  while ((my $line = line('in its head')) ne '') {
    $head += length $line;
    fail('the head of the answer is too long') if $most_head < $head;
    # More values of one field are one list; a line that goes on is an old form that nobody may send.
    $line =~ /^([^\s:]+):[ \t]*(.*?)[ \t]*\z/ or fail('the head of the answer is no HTTP');
    my $key = lc $1;
    $field{$key} = defined $field{$key} ? "$field{$key}, $2" : $2;
  }
  last if $status >= 200;
}
fail("it answers $status and no more") if $status < 200;

my $leads = '';
if ($status =~ /^30[12378]/ && defined $field{location}) {
  my $location = $field{location};
  $location =~ s/[?#].*//s;
  $location =~ s{//[^/]*@}{//}s;
  $leads = ', and leads to ' . shown($location, 200) . ': mailrun asks no other URL than the one given';
}
fail("it answers $status$leads") if ",$wanted," !~ /,$status,/;
if ($text eq '') {
  print "it answers $status\n";
  exit;
}

my ($body, $cut) = ('', 0);
if ($status == 204 || $status == 304) {
} elsif (($field{'transfer-encoding'} // '') ne '') {
  fail('the answer has a transfer coding other than chunked') if lc $field{'transfer-encoding'} ne 'chunked';
  while (1) {
    line('in its body') =~ /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?\z/ or fail('the body of the answer is no HTTP');
    my $size = hex $1;
    last if !$size;
    my $part = least($size, $most_body - length $body);
    $body .= take($part);
    if ($part < $size) { $cut = 1; last }
    line('in its body') eq '' or fail('the body of the answer is no HTTP');
  }
} elsif (defined $field{'content-length'}) {
  $field{'content-length'} =~ /^(\d{1,15})(?:, *\1)*\z/ or fail('the length of the answer is no number');
  $cut = $most_body < $1;
  $body = take(least($1, $most_body));
} else {
  while (length $buffer <= $most_body) { last if !more() }
  $cut = $most_body < length $buffer;
  $body = substr $buffer, 0, $most_body;
}
my $bytes = length $body;
my $of = $cut ? "the first $bytes bytes" : $bytes == 1 ? 'the only byte' : "the $bytes bytes";
my $coding = $field{'content-encoding'} // '';
my $coded = $coding =~ /^[\w-]{1,20}\z/ && lc $coding ne 'identity' ? ", which are in the coding $coding," : '';
fail("it answers $status, but $of$coded do not have the wanted text") if index($body, $text) < 0;
print "it answers $status, and $of have the wanted text\n";
`)
