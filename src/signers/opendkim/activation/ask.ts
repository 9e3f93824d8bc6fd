// The program that asks a running OpenDKIM over its socket with which selector it signs for each domain. No mail is
// sent.
import { AS_POSTFIX, KEEPS_FIELDS, MILTER_SESSION } from '../../../resources/milters/milter-session.ts'

/** What is said of mail that passes as it came. */
export const UNSIGNED = '- it is not signed'

/**
 * Arguments: `postfix` (asks as the user that Postfix's daemons are) or `root`, the milter as Postfix writes it, and
 * options: `wait` waits up to 5 s until it listens, `signed` prints only what is signed. It reads
 * `FROM/DOMAIN` lines behind `__END__`, and prints for each `FROM SELECTOR`, the selector of the signature for the
 * domain that a message of a program on this host gets whose From ends with `@FROM`, or `FROM - WHY`.
 */
export const OPENDKIM_ASK = String.raw`use strict;
use warnings;
use Socket;
use IO::Handle;
$| = 1;
$SIG{PIPE} = 'IGNORE';
my ($as, $milter, %option) = (shift, shift, map { $_ => 1 } @ARGV);
my ($path) = $milter =~ /^local:(.*)$/;
# The path is there a moment before somebody listens at it.
sub listens {
  my $try;
  -S $path && socket($try, PF_UNIX, SOCK_STREAM, 0) && connect $try, sockaddr_un($path);
}
for (1 .. ($option{wait} ? 50 : 0)) {
  last if listens();
  select undef, undef, undef, 0.1;
}
my %set = (
  mail_owner => 'postfix',
  queue_directory => '/',
  myhostname => 'localhost',
  milter_macro_v => '',
  milter_macro_daemon_name => 'localhost',
);
my ($nonce, $submission) = ('activation', '');
${KEEPS_FIELDS}
if ($as eq 'postfix') {
${AS_POSTFIX}
}

${MILTER_SESSION}

while (<DATA>) {
  chomp;
  my ($from, $domain) = split m{/} or next;
  @fields = ();
  my ($word, $why) = ('', '');
  my $to = connected($milter, 0);
  if (ref $to) {
    $socket = $to;
    my @headers = (
      ['From', " mailrun <postmaster\@$from>"],
      ['To', ' mailrun-verify@mailrun.invalid'],
      ['Subject', ' activation'],
      ['Date', ' Thu, 01 Jan 1970 00:00:00 +0000'],
      ['Message-ID', " <activation\@$from>"],
    );
    local $SIG{ALRM} = sub { die "it did not answer in time\n" };
    eval {
      alarm 20;
      $word = session(['local', '', 'localhost', '127.0.0.1', ''], $from, \@headers, "It is sent to nobody.\r\n");
      packet($_, '') for 'A', 'Q';
      1;
    } or do {
      $why = $@;
      chomp $why;
    };
    alarm 0;
    close $socket;
  } else {
    $why = $to;
  }
  my @selectors;
  for my $field (grep { lc $_->[0] eq 'dkim-signature' } @fields) {
    my $value = $field->[1];
    $value =~ s/\s//g;
    my %tag = map { /^(\w+)=(.*)$/ ? ($1 => $2) : () } split /;/, $value;
    push @selectors, $tag{s} if defined $tag{s} && lc($tag{d} || '') eq $domain;
  }
  if ($word eq 'continue' || $word eq 'accept') {
    print @selectors ? "$from @{[join ',', @selectors]}\n" : $option{signed} ? '' : "$from ${UNSIGNED}\n";
  } elsif (!$option{signed}) {
    print "$from - ", $word ne '' ? "it is answered with $word" : $why, "\n";
  }
}
`
