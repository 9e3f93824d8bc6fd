// The Perl program that asks a host's milters what they would do with a message. A milter is a program that Postfix
// asks about each message; this program takes the part of Postfix. It needs only Debian's perl-base.
import { AS_POSTFIX, MILTER_SESSION } from '../resources/milters/milter-session.ts'
import type { Signer } from './signer.ts'

const PARAMETERS = [
  'myhostname queue_directory mail_owner smtpd_milters non_smtpd_milters milter_macro_daemon_name milter_macro_v',
  'milter_default_action smtp_helo_name myorigin internal_mail_filter_classes mydestination soft_bounce luser_relay',
  'fallback_transport fallback_transport_maps receive_override_options cleanup_service_name',
].join(' ')

const QUESTION = String.raw`use strict; use warnings; use Socket; use IO::Handle;
$| = 1; $SIG{PIPE} = 'IGNORE';
my (@roles, @domains, $nonce, $message, $own);
while (<DATA>) {
  my @w = split;
  next unless @w;
  if ($w[0] eq 'nonce') { $nonce = $w[1] }
  elsif ($w[0] eq 'domain') { push @domains, $w[1] }
  elsif ($w[0] eq 'own') { $own = $w[1] eq 'yes' }
  elsif ($w[0] eq 'message') { $message = pack 'H*', $w[1] }
  elsif ($w[0] eq 'role') { push @roles, [map { $_ eq '-' ? '' : $_ } @w[1 .. 5]] }
}
`

const POSTFIX = String.raw`
# Postfix: what it says itself, $name expanded.
open STDERR, '>', '/dev/null';
my %set;
for (split /\n/, output_of(qw(postconf -x ${PARAMETERS}))) {
  $set{$1} = $2 if /^(\w+) = ?(.*)$/;
}
unless (%set) {
  say_line('no-postfix');
  say_line('end');
  exit 0;
}
unless ($> == 0) {
  say_line('not-root');
  exit 0;
}
if (($set{myorigin} || '') =~ m{^/} && open my $file, '<', $set{myorigin}) {
  $set{myorigin} = <$file>;
  $set{myorigin} = '' unless defined $set{myorigin};
  $set{myorigin} =~ s/\s+\z//;
}
say_line('set', $_, hex_of($set{$_})) for sort keys %set;
my (%chroot, %options);
for (split /\n/, output_of(qw(postconf -F */*/chroot))) { $chroot{$1} = $2 if m{^(\S+/\w+)/chroot = (\S+)} }
for (split /\n/, output_of(qw(postconf -P))) { push @{$options{$1}}, '-o', "$2=$3" if m{^(\S+/\w+)/(\w+) = ?(.*)$} }
my ($submission) = grep { exists $chroot{$_} } 'submission/inet', 'submissions/inet', 'smtps/inet';
$submission = 'smtp/inet' unless defined $submission;

# Mail of the host itself, such as that of cron, and bounces come from there.
my $plain = qr/(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*/;
my $origin = $own && lc($set{myorigin} || '') =~ /^($plain)$/ ? $1 : '';

`

const DOMAINS = String.raw`
my %known = map { $_ => 1 } @domains;
sub also {
  my $each = lc $_[0];
  $each =~ s/^.*\@//;
  push @domains, $each if $each =~ /^$plain$/ && $each ne $origin && !$known{$each}++;
}
`

const SESSIONS = String.raw`say_line('domain', $_) for @domains;
say_line('own', $origin) if length $origin;
say_line('service', $_) for sort grep { m{/inet$} } keys %chroot;

${AS_POSTFIX}

sub milters {
  my @items = $_[0] =~ /\{(?:[^{}]|\{[^{}]*\})*\}|[^\s,]+/g;
  grep { length } map { s/^\{\s*//; s/[\s,}].*$//s; $_ } @items
}
# A service's own options count wherever main.cf refers to what they set.
my %own;
sub service {
  my ($service, $name) = @_;
  return defined $set{$name} ? $set{$name} : '' unless $options{$service};
  $own{$service} ||= { map { /^(\w+) = ?(.*)$/ ? ($1, $2) : () }
    split /\n/, output_of(qw(postconf -x), @{$options{$service}}, qw(${PARAMETERS})) };
  my $value = $own{$service}{$name};
  defined $value ? $value : ''
}

${MILTER_SESSION}

for my $role (@roles) {
  my ($name, $lists) = @$role;
  my $service = $name eq 'submission' ? $submission : 'smtp/inet';
  $service = 'cleanup/unix' if $name eq 'bounce';
  $service = service('pickup/unix', 'cleanup_service_name') . '/unix' if $name eq 'local';
  my $milters = service($service, $lists);
  my $from = $name eq 'local' ? 'pickup/unix' : $service;
  $milters = '' if $name ne 'bounce' && service($from, 'receive_override_options') =~ /\bno_milters\b/;
  $milters = '' if $lists eq 'smtpd_milters' && lc $milters eq 'disable';
  $milters = '' if $name eq 'bounce' && service('bounce/unix', 'internal_mail_filter_classes') !~ /\bbounce\b/;
  my $chrooted = ($chroot{$service} || '') eq 'y';
  my $owns = $name eq 'bounce' || ($name eq 'local' && !grep { $_ eq $origin } @domains);
  my @own = length $origin && $owns ? ($origin) : ();
  for my $domain ($name eq 'bounce' ? () : @domains, @own) {
    say_line('session', $name, $domain);
    my $text = $message;
    $text =~ s/\@DOMAIN\@/$domain/g;
    $text =~ s/\@ROLE\@/$name/g;
    $text =~ s/\@NONCE\@/$nonce/g;
    my ($head, $body) = split /\r\n\r\n/, $text, 2;
    my @headers = map { [split /:/, $_, 2] } split /\r\n/, $head;
    for my $milter (milters($milters)) {
      say_line('milter', hex_of($milter));
      my $to = connected($milter, $chrooted);
      if (!ref $to) {
        say_line('unreached', hex_of($to));
        last;
      }
      $socket = $to;
      my $word;
      local $SIG{ALRM} = sub { die "it did not answer in time\n" };
      my $done = eval {
        alarm 20;
        $word = session($role, $domain, \@headers, $body);
        packet($_, '') for 'A', 'Q';
        1
      };
      my $why = $@;
      chomp $why;
      say_line('unreached', hex_of($why)) unless $done || defined $word;
      alarm 0;
      close $socket;
      last unless defined $word && ($word eq 'accept' || $word eq 'continue');
    }
  }
}
say_line('end');
`

/**
 * Reads lines behind `__END__`, `-` for none: `nonce N`, `own yes` where mail from the host's own name is asked about,
 * `domain NAME`, `message HEX` (`@DOMAIN@`, `@ROLE@` and `@NONCE@` stand in it),
 * `role NAME LISTS CLIENT-NAME CLIENT-ADDRESS LOGIN`.
 *
 * Prints lines, text as hex; in the end `end`:
 *
 * - `set NAME HEX`, `domain NAME`, `own NAME`, `service NAME` (of master.cf, those that listen);
 * - for each role and domain `session ROLE DOMAIN`, below it its milters, each as `milter HEX`;
 * - what a milter did: `insert INDEX NAME VALUE`, `add NAME VALUE`, `other COMMAND`, `verdict WORD TEXT`, or
 *   `unreached WHY`.
 *
 * It connects as the user and from the directory that Postfix does. Source: libmilter of sendmail 8.18 (mfdef.h,
 * version 6), postconf(5), MILTER_README.
 */
export function milterClient({ title, senders: { subs, tell } }: Pick<Signer, 'title' | 'senders'>): string {
  const about = `# What ${title}'s tables name, beside what was asked for.`
  return [QUESTION, subs, POSTFIX, about, DOMAINS, tell, SESSIONS].join('')
}
