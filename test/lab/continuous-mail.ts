// Mail that a host sends without a pause, by SMTP and by sendmail in turn, for all its domains: what was taken, and
// how.
import { inHost, outputIn } from './in-host.ts'

/**
 * perl-base is on every Debian host. Arguments: host, seconds between messages, domains.
 * It ends when its mark is gone.
 */
const SENDER = String.raw`use strict; use IO::Socket::INET; use Time::HiRes qw(sleep time);
my ($host, $pause, @domains) = @ARGV;
my $next = time;
$| = 1;
$SIG{PIPE} = 'IGNORE';
sub said {
  my ($server) = @_;
  my $line;
  do {
    $line = <$server>;
    defined $line or return '000 hung up';
  } while $line =~ /^\d{3}-/;
  $line =~ s/\r?\n//;
  $line;
}
for (my $n = 0; -e '/run/test-mail'; $n++) {
  my $domain = $domains[int($n / 2) % @domains];
  my $id = "$n.$host\@lab.$domain";
  my @date = gmtime;
  my $text = "From: a\@$domain\nTo: b\@receiver.test\nSubject: $n\nMessage-ID: <$id>\n"
    . "Date: Sat, 28 Nov 2026 12:00:00 +0000\n\nhello $n\n";
  if ($n % 2) {
    my $reply = '000 no connection';
    if (my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => 25, Timeout => 20)) {
      $reply = said($server);
      for my $word ('EHLO localhost', "MAIL FROM:<a\@$domain>", 'RCPT TO:<b@receiver.test>', 'DATA') {
        last unless $reply =~ /^[23]/;
        print $server "$word\r\n";
        $reply = said($server);
      }
      if ($reply =~ /^3/) {
        (my $wire = $text) =~ s/\n/\r\n/g;
        print $server "$wire.\r\n";
        $reply = said($server);
      }
      print $server "QUIT\r\n";
      close $server;
    }
    print "smtp $id $reply\n";
  } else {
    open my $pipe, '|-', '/usr/sbin/sendmail', '-i', '-f', "a\@$domain", 'b@receiver.test';
    print $pipe $text;
    close $pipe;
    print "sendmail $id $?\n";
  }
  $next += $pause;
  my $left = $next - time;
  if ($left > 0) { sleep $left } else { $next = time }
}
`

const LOG = '/var/tmp/test-mail.log'

export interface Handed {
  readonly via: 'smtp' | 'sendmail'
  /** With the angle brackets. */
  readonly messageId: string
  /** The last reply of SMTP, or sendmail's exit status. */
  readonly reply: string
  readonly taken: boolean
}

export async function startMail(host: string, secondsBetween: number, domains: readonly string[]): Promise<void> {
  const args = `${host} ${secondsBetween} ${domains.join(' ')}`
  await inHost(
    host,
    `touch /run/test-mail
base64 -d <<'E' >/run/test-mail.pl
${Buffer.from(SENDER).toString('base64')}
E
systemd-run --quiet --collect --unit=test-mail sh -c 'exec perl /run/test-mail.pl ${args} >${LOG} 2>&1'`,
  )
}

/** Resolves with all that was handed in, once the sender has ended. */
export async function stopMail(host: string): Promise<readonly Handed[]> {
  const log = await outputIn(
    host,
    `rm -f /run/test-mail
for i in $(seq 100); do
  systemctl is-active --quiet test-mail || break
  sleep 0.2
done
cat ${LOG}`,
  )
  return [...log.matchAll(/^(smtp|sendmail) (\S+) (.*)$/gm)].map(([, via, id = '', reply = '']): Handed => ({
    via: via as Handed['via'],
    messageId: `<${id}>`,
    reply,
    taken: via === 'smtp' ? reply.startsWith('250') : reply === '0',
  }))
}
