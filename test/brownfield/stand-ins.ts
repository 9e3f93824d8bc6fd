// Programs that stand where a guide has rspamd, OpenDMARC or amavis, which the lab has no packages of: a milter that
// lets everything pass, and a content filter.

/** It answers each step of the milter protocol (libmilter's mfdef.h) with "continue". Argument: a port. */
const MILTER = String.raw`use strict;
use warnings;
use IO::Socket::INET;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => shift, Listen => 50, ReuseAddr => 1) or die;
$SIG{CHLD} = 'IGNORE';
while (1) {
  my $client = $listener->accept or next;
  next if fork;
  my $answer = sub { my $text = shift; syswrite $client, pack('N', length $text) . $text };
  while (read($client, my $size, 4) == 4) {
    my $length = unpack 'N', $size;
    last if $length && read($client, my $text, $length) != $length;
    my $command = substr $text, 0, 1;
    last if $command eq 'Q';
    if ($command eq 'O') { $answer->('O' . pack 'NNN', (sort { $a <=> $b } 6, unpack 'N', substr $text, 1)[0], 0, 0) }
    elsif ($command !~ /[DAK]/) { $answer->('c') }
  }
  exit;
}
`

/**
 * Hands what comes to one port on to another, as amavis does, and says so in a header field; with a third argument, a
 * selector, by a field that looks like a signature of the domain in From, as amavis makes one.
 */
const FILTER = String.raw`use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
my ($from, $to, $selector) = @ARGV;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $from, Listen => 50, ReuseAddr => 1) or die;
$SIG{CHLD} = 'IGNORE';
while (1) {
  my $client = $listener->accept or next;
  next if fork;
  my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $to) or exit;
  my ($asked, $last) = (0, '');
  my $both = IO::Select->new($client, $server);
  while (my @ready = $both->can_read(300)) {
    for my $each (@ready) {
      sysread($each, my $bytes, 65536) or exit;
      if ($each == $server) { $last = $bytes }
      elsif ($asked && $last =~ /(?:^|\n)354/) {
        my ($domain) = $bytes =~ /^From: .*\@([\w.-]+)/mi;
        my $fields = "X-Virus-Scanned: stand-in\r\n";
        $fields .= "DKIM-Signature: v=1; a=rsa-sha256; d=$domain; s=$selector; h=from; bh=AA==; b=AA==\r\n"
          if $selector && $domain;
        $bytes = $fields . $bytes;
        $asked = 0;
      }
      elsif ($bytes =~ /(?:^|\n)DATA\r\n/i) { $asked = 1 }
      my $other = $each == $server ? $client : $server;
      while (length $bytes) { substr($bytes, 0, syswrite($other, $bytes) || exit) = '' }
    }
  }
  exit;
}
`

/** Where their programs are. */
export const STAND_INS = '/usr/local/lib/brownfield'

const unit = (name: string, program: string, words: readonly (string | number)[]): string => `mkdir -p ${STAND_INS}
base64 -d >${STAND_INS}/${name}.pl <<'PROGRAM'
${Buffer.from(program).toString('base64')}
PROGRAM
systemd-run --quiet --unit=brownfield-${name} perl ${STAND_INS}/${name}.pl ${words.join(' ')}`

/** @example milterStandIn('rspamd', 11332) */
export const milterStandIn = (name: string, port: number): string => unit(name, MILTER, [port])

/** @param selector - of the signatures that it pretends to make; left out: it makes none. */
export const filterStandIn = (name: string, from: number, to: number, selector?: string): string =>
  unit(name, FILTER, [from, to, ...(selector === undefined ? [] : [selector])])
