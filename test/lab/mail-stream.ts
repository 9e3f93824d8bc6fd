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

/** One message that was handed in. */
export interface StreamMessage {
  /** `25`, `587`: an SMTP session of its own to that port; `long`: one of several to port 25; `lan`, `sendmail`. */
  readonly way: string
  /** The address in From. */
  readonly sender: string
  /** The last reply of SMTP; of sendmail `250` or `451`. */
  readonly reply: string
  readonly arrived: boolean
  /** Of each signature that it arrived with: `d=… s=…`, and `i=…` where it has one; sorted. */
  readonly signatures: readonly string[]
}

export interface Stream {
  readonly senders: readonly string[]
  readonly ways: readonly string[]
  /** Seconds between messages. */
  readonly pause: number
}

/** Arguments: a file that ends it, a file of its records, seconds between messages, `WAY,WAY`, addresses. */
const SENDER = String.raw`
use strict;
use warnings;
use IO::Socket::INET;
use Time::HiRes 'sleep';
my ($stop, $records, $pause, $ways, @senders) = @ARGV;
my @ways = split /,/, $ways;
$SIG{PIPE} = 'IGNORE';
open my $out, '>>', $records or die;
{ my $old = select $out; $| = 1; select $old }
my $n = 0;
my ($own) = (qx(hostname -I) =~ /^([\d.]+)/);
sub text {
  my ($id, $sender) = @_;
  "From: $sender\r\nTo: sink\@localhost\r\nSubject: $id\r\n\r\nhello\r\n"
}
sub reply {
  my ($s) = @_;
  my $l;
  do { $l = <$s>; return '421 hung up' unless defined $l } while $l =~ /^\d{3}-/;
  $l =~ s/\s+\z//;
  $l
}
sub opened {
  my ($way) = @_;
  my $s = IO::Socket::INET->new(
    PeerAddr => $way eq 'lan' ? $own : '127.0.0.1',
    PeerPort => $way =~ /^\d+$/ ? $way : 25,
    Timeout => 20,
  ) or return;
  reply($s);
  print $s "EHLO t\r\n";
  reply($s);
  $s
}
sub smtp {
  my ($s, $id, $sender) = @_;
  for ("MAIL FROM:<$sender>", 'RCPT TO:<sink@localhost>', 'DATA') {
    print $s "$_\r\n";
    my $r = reply($s);
    return $r if $r !~ /^[23]/
  }
  print $s text($id, $sender) . ".\r\n";
  reply($s)
}
my ($long, $in_long) = (undef, 0);
until (-e $stop) {
  my $way = $ways[$n % @ways];
  my $sender = $senders[int($n / @ways) % @senders];
  my $id = "stream-" . time . "-$$-" . $n++;
  my $r;
  if ($way eq 'sendmail') {
    (my $t = text($id, $sender)) =~ s/\r//g;
    open my $p, '|-', '/usr/sbin/sendmail', '-i', '-f', $sender, 'sink@localhost' or die;
    print $p $t;
    close $p;
    $r = $? ? "451 exit $?" : '250 ok'
  } elsif ($way eq 'long') {
    $long = opened($way) unless $long;
    $r = $long ? smtp($long, $id, $sender) : '421 refused';
    if (++$in_long % 8 == 0 || $r !~ /^2/) { print $long "QUIT\r\n" if $long; undef $long }
  } else {
    my $s = opened($way);
    $r = $s ? smtp($s, $id, $sender) : '421 refused';
    print $s "QUIT\r\n" if $s
  }
  print $out "$id $way $sender $r\n";
  sleep $pause;
}
print $out "end\n";
`
const DIRECTORY = '/root/stream'

const begin = ({ senders, ways, pause }: Stream): string => `
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
  ${DIRECTORY}/stop ${DIRECTORY}/records ${pause} ${ways.join()} ${senders.join(' ')} \\
  >${DIRECTORY}/log 2>&1 </dev/null &
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

/**
 * `d=… s=…`, and `i=…` where that is not what is meant without it (RFC 6376, 3.5), of each signature in the header of a
 * message; sorted.
 */
function signaturesIn(mail: string): readonly string[] {
  const [header = ''] = mail.split(/\n\r?\n/, 1)
  const fields = [...header.replace(/\n[ \t]+/g, ' ').matchAll(/^DKIM-Signature:(.*)$/gim)]
  const tags = fields.map(([, value = '']) => new Map(value.split(';').map((tag) => tagOf(tag))))
  const named = (found: ReadonlyMap<string, string>): string => {
    // Names of domains know no case (RFC 4343).
    const d = (found.get('d') ?? '').toLowerCase()
    const [s = '', i = `@${d}`] = ['s', 'i'].map((name) => found.get(name))
    return `d=${d} s=${s}${i === `@${d}` ? '' : ` i=${i}`}`
  }
  return tags.map(named).sort()
}
const tagOf = (tag: string): [string, string] => {
  const [name = '', value = ''] = tag.split('=', 2)
  return [name.trim(), value.trim()]
}

/** Each message that arrived, with its signatures. */
async function arrivedAt(host: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const mails = (await inHost(host, 'cat /var/mail/sink')).split(/^From .*\n/m)
  return new Map(
    mails.flatMap((mail): [string, readonly string[]][] => {
      const id = /^Subject: (stream-\S+)$/m.exec(mail)?.[1]
      return id === undefined ? [] : [[id, signaturesIn(mail)]]
    }),
  )
}

/** Mail flows for a second before and a second after. `held`: messages of sendmail that a milter put off. */
export async function streamed(
  host: string,
  stream: Stream,
  what: () => Promise<void>,
): Promise<{ readonly messages: readonly StreamMessage[]; readonly held: number }> {
  await inHost(host, begin(stream))
  try {
    await what()
  } finally {
    await inHost(host, END)
  }
  await inHost(host, DELIVER)
  const records = (await inHost(host, `grep -v '^end' ${DIRECTORY}/records`)).split('\n')
  const arrived = await arrivedAt(host)
  const messages = records.map((line): StreamMessage => {
    const [id = '', way = '', sender = '', ...reply] = line.split(' ')
    return { way, sender, reply: reply.join(' '), arrived: arrived.has(id), signatures: arrived.get(id) ?? [] }
  })
  return { messages, held: Number(await inHost(host, COUNT_HELD)) }
}

/** Whether the host took it. */
export const isTaken = ({ reply }: StreamMessage): boolean => reply.startsWith('2')

/**
 * About ten messages in a second, of one sender in each domain.
 *
 * @param ports - of SMTP, in turn; left out: 25 alone.
 */
export async function duringStream(
  host: string,
  domains: readonly string[],
  what: () => Promise<void>,
  ports: readonly number[] = [25],
): Promise<StreamFigures> {
  const senders = domains.map((domain) => `a@${domain}`)
  const ways = [...ports.map(String), 'sendmail', 'long']
  const { messages, held } = await streamed(host, { senders, ways, pause: 0.07 }, what)
  const selectors: Record<string, number> = {}
  for (const { signatures } of messages) {
    const selector = / s=(\S+)/.exec(signatures[0] ?? '')?.[1]
    if (selector !== undefined) selectors[selector] = (selectors[selector] ?? 0) + 1
  }
  const taken = messages.filter(isTaken)
  assert.ok(messages.length > 10, `only ${messages.length} messages were sent`)
  return {
    sent: messages.length,
    refused: messages.length - taken.length + held,
    lost: taken.filter(({ arrived }) => !arrived).length,
    unsigned: taken.filter(({ arrived, signatures }) => arrived && signatures.length === 0).length,
    selectors,
  }
}
