// A stream of mail through a lab host while something is done to it: by new SMTP sessions, by long ones, and by
// sendmail; then what became of each message.
import * as assert from 'uvu/assert'
import { inHost } from './in-host.ts'

export interface StreamFigures {
  readonly sent: number
  /** SMTP replies of 4xx and 5xx, and messages that a milter did not let through sendmail's pickup at the first try. */
  readonly refused: number
  readonly lost: number
  readonly unsigned: number
  /** How many were signed, by selector. */
  readonly selectors: Readonly<Record<string, number>>
}

/**
 * About ten messages in a second. Arguments: a file that ends it, a file of its records, ports of SMTP with a comma
 * between them, domains. Each record is a line: id, way, reply.
 */
const SENDER = `
use strict;
use warnings;
use IO::Socket::INET;
use Time::HiRes 'sleep';
my ($stop, $records, $ports, @domains) = @ARGV;
my @ports = split /,/, $ports;
$SIG{PIPE} = 'IGNORE';
open my $out, '>>', $records or die;
{ my $old = select $out; $| = 1; select $old }
my $n = 0;
sub text {
  my ($id, $domain) = @_;
  "From: a\\@$domain\\r\\nTo: sink\\@localhost\\r\\nSubject: $id\\r\\n\\r\\nhello\\r\\n"
}
sub reply {
  my ($s) = @_;
  my $l;
  do { $l = <$s>; return '421 hung up' unless defined $l } while $l =~ /^\\d{3}-/;
  $l =~ s/\\s+\\z//;
  $l
}
my $opened = 0;
sub opened {
  my $port = $ports[$opened++ % @ports];
  my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 20) or return;
  reply($s);
  print $s "EHLO t\\r\\n";
  reply($s);
  $s
}
sub smtp {
  my ($s, $id, $domain) = @_;
  for ("MAIL FROM:<a\\@$domain>", 'RCPT TO:<sink@localhost>', 'DATA') {
    print $s "$_\\r\\n";
    my $r = reply($s);
    return $r if $r !~ /^[23]/
  }
  print $s text($id, $domain) . ".\\r\\n";
  reply($s)
}
my ($long, $in_long) = (undef, 0);
until (-e $stop) {
  my $way = qw(smtp sendmail long)[$n % 3];
  my $domain = $domains[$n % @domains];
  my $id = "stream-" . time . "-$$-" . $n++;
  my $r;
  if ($way eq 'smtp') {
    my $s = opened();
    $r = $s ? smtp($s, $id, $domain) : '421 refused';
    print $s "QUIT\\r\\n" if $s
  } elsif ($way eq 'sendmail') {
    (my $t = text($id, $domain)) =~ s/\\r//g;
    open my $p, '|-', '/usr/sbin/sendmail', '-i', '-f', "a\\@$domain", 'sink@localhost' or die;
    print $p $t;
    close $p;
    $r = $? ? "451 exit $?" : '250 ok'
  } else {
    $long = opened() unless $long;
    $r = $long ? smtp($long, $id, $domain) : '421 refused';
    if (++$in_long % 8 == 0 || $r !~ /^2/) { print $long "QUIT\\r\\n" if $long; undef $long }
  }
  print $out "$id $way $r\\n";
  sleep 0.07;
}
print $out "end\\n";
`
const DIRECTORY = '/root/stream'

const begin = (domains: readonly string[], ports: readonly number[]): string => `
rm -rf ${DIRECTORY}
mkdir ${DIRECTORY}
id sink >/dev/null 2>&1 || useradd -m sink
: > /var/mail/sink
chown sink:mail /var/mail/sink
base64 -d > ${DIRECTORY}/send.pl <<'X'
${Buffer.from(SENDER).toString('base64')}
X
date +%s.%N > ${DIRECTORY}/began
setsid perl ${DIRECTORY}/send.pl \\
  ${DIRECTORY}/stop ${DIRECTORY}/records ${ports.join(',')} ${domains.join(' ')} >${DIRECTORY}/log 2>&1 </dev/null &
sleep 1`
const END = `
sleep 1
touch ${DIRECTORY}/stop
for i in $(seq 100); do
  tail -n 1 ${DIRECTORY}/records | grep -q '^end' && break
  sleep 0.1
done`
/** Waits until Postfix has delivered all that it took. */
const DELIVER = `
for i in $(seq 60); do
  postqueue -p | grep -q 'queue is empty' && [ -z "$(ls /var/spool/postfix/maildrop)" ] && exit 0
  postqueue -f
  sleep 0.5
done
postqueue -p`
/** How many messages a milter did not let through sendmail's pickup. */
const COUNT_HELD = `
journalctl -q --no-pager -o cat -t postfix/cleanup --since "@$(cat ${DIRECTORY}/began)" | grep -c milter-reject || :`

/** Each message that arrived, with the selector of its signature, if it has one. */
async function arrivedAt(host: string): Promise<ReadonlyMap<string, string | undefined>> {
  const mails = (await inHost(host, 'cat /var/mail/sink')).split(/^From .*\n/m)
  return new Map(
    mails.flatMap((mail): [string, string | undefined][] => {
      const id = /^Subject: (stream-\S+)$/m.exec(mail)?.[1]
      return id === undefined ? [] : [[id, /^DKIM-Signature:(?:.*\n\s)*?.*\bs=([\w-]+);/m.exec(mail)?.[1]]]
    }),
  )
}

/**
 * Mail flows for a second before and a second after.
 *
 * @param ports - of SMTP, in turn; left out: 25 alone.
 */
export async function duringStream(
  host: string,
  domains: readonly string[],
  what: () => Promise<void>,
  ports: readonly number[] = [25],
): Promise<StreamFigures> {
  await inHost(host, begin(domains, ports))
  try {
    await what()
  } finally {
    await inHost(host, END)
  }
  await inHost(host, DELIVER)
  const records = (await inHost(host, `grep -v '^end' ${DIRECTORY}/records`)).split('\n').map((line) => line.split(' '))
  const arrived = await arrivedAt(host)
  const held = Number(await inHost(host, COUNT_HELD))
  const selectors: Record<string, number> = {}
  for (const selector of arrived.values())
    if (selector !== undefined) selectors[selector] = (selectors[selector] ?? 0) + 1
  const taken = records.filter(([, , code = '']) => code.startsWith('2'))
  assert.ok(records.length > 10, `only ${records.length} messages were sent`)
  return {
    sent: records.length,
    refused: records.length - taken.length + held,
    lost: taken.filter(([id = '']) => !arrived.has(id)).length,
    unsigned: taken.filter(([id = '']) => arrived.has(id) && arrived.get(id) === undefined).length,
    selectors,
  }
}
