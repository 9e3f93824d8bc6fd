// Asks a real Postfix whom it asks: programs that answer as milters at every socket tell who was asked by a session of
// each service and by mail of sendmail(1).
import { inHost } from './in-host.ts'
import { LISTENING, masterLine, type CaseService, type PostfixCase } from './postfix-corpus.ts'

/** A milter at each socket: whoever connects is reported in /run/milters/log, by the socket's number. */
const MILTERS = String.raw`use strict; use warnings; use Socket;
my @sockets = map {
  my ($number, $kind, $at) = @$_;
  my ($family, $address);
  if ($kind eq 'unix') {
    unlink $at;
    ($family, $address) = (AF_UNIX, pack_sockaddr_un($at));
  } else {
    my ($port, $host) = split /\@/, $at;
    ($family, $address) = $kind eq 'inet'
      ? (AF_INET, pack_sockaddr_in($port, defined $host ? inet_aton($host) : INADDR_ANY))
      : (AF_INET6, pack_sockaddr_in6($port, Socket::inet_pton(AF_INET6, $host)));
  }
  socket my $socket, $family, SOCK_STREAM, 0 or die "socket: $!";
  setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, 1;
  setsockopt $socket, 41, 26, 1 if $kind eq 'inet6';
  bind $socket, $address or die "$at: $!";
  listen $socket, 100;
  chmod 0777, $at if $kind eq 'unix';
  [$number, $socket]
} map { [split / /] } @ARGV;
$SIG{CHLD} = 'IGNORE';
for my $each (@sockets) {
  next if fork;
  while (accept my $client, $each->[1]) {
    open my $log, '>>', '/run/milters/log';
    syswrite $log, "$each->[0]\n";
    close $log;
    next if fork;
    while (read($client, my $length, 4) == 4) {
      read $client, my $packet, unpack 'N', $length;
      my $command = substr $packet, 0, 1;
      my $answer = $command eq 'O' ? pack('CNNN', ord 'O', 6, 0, 0) : $command =~ /[ADQK]/ ? '' : 'c';
      syswrite $client, pack('N', length $answer) . $answer if length $answer;
      last if $command eq 'Q';
    }
    exit;
  }
}
sleep 1 while 1;
`

const SESSION = String.raw`use strict; use warnings; use Socket;
socket my $socket, AF_INET, SOCK_STREAM, 0;
connect $socket, pack_sockaddr_in(shift, inet_aton('127.0.0.1')) or print "no connection\n";
select $socket; $| = 1; select STDOUT;
my $greeting = <$socket>;
my $said = $greeting;
for my $line ('EHLO mx1.fleet.test', 'MAIL FROM:<a@fleet.test>', 'QUIT') {
  last unless defined $said && $said =~ /^2/;
  print $socket "$line\r\n";
  do { $said = <$socket> } while defined $said && $said =~ /^\d+-/;
  print $said if $line =~ /^MAIL/ || (defined $said && $said !~ /^2/);
}
print $greeting if defined $greeting && $greeting !~ /^2/;
`

/** Installs the milters and a session's client; puts Debian's files aside. */
export async function prepared(host: string): Promise<void> {
  const sockets = LISTENING.map((each, number) => {
    const [, kind = '', at = ''] = /^(\w+):(.*)$/.exec(each) ?? []
    return `'${number} ${kind} ${at}'`
  })
  await inHost(
    host,
    `set -e
mkdir -p /run/milters /var/spool/postfix/milters /var/spool/postfix/run/milters
cp -n /etc/postfix/main.cf /root/main.cf; cp -n /etc/postfix/master.cf /root/master.cf
cat > /root/milters.pl <<'mailrun-end'
${MILTERS}mailrun-end
cat > /root/session.pl <<'mailrun-end'
${SESSION}mailrun-end
systemctl stop milters 2>/dev/null || :
systemctl reset-failed milters 2>/dev/null || :
systemd-run -q --collect --unit=milters perl /root/milters.pl ${sockets.join(' ')}
postfix status 2>/dev/null || systemctl start postfix`,
  )
}

/** Puts settings beside Debian's. */
const written = (main: PostfixCase['main'], services: readonly CaseService[]): string => `set -e
cp /root/main.cf /etc/postfix/main.cf; cp /root/master.cf /etc/postfix/master.cf
cat >> /etc/postfix/main.cf <<'mailrun-end'
smtpd_peername_lookup = no
${[...main].map(([name, value]) => `${name} = ${value}`).join('\n')}
mailrun-end
cat >> /etc/postfix/master.cf <<'mailrun-end'
${services.map(masterLine).join('\n')}
mailrun-end
postfix reload 2>/dev/null`

const asking = (ports: readonly number[]): string => `
: > /run/milters/log
for p in ${ports.join(' ')}; do
  perl /root/session.pl $p > /run/milters/said
  echo "$p $(tr '\\n' ' ' < /run/milters/log)| $(cat /run/milters/said)"
  : > /run/milters/log
done`

const SENDMAIL = `
echo test | sendmail -f a@fleet.test b@discard.test
i=0
while [ $i -lt 50 ] && [ "$(find /var/spool/postfix/maildrop /var/spool/postfix/incoming -type f | wc -l)" != 0 ]; do
  i=$((i + 1)); sleep 0.1
done
echo "mail $(tr '\\n' ' ' < /run/milters/log)|"
postsuper -d ALL >/dev/null 2>&1`

export interface Asked {
  /** Numbers of sockets of LISTENING. */
  readonly sockets: readonly number[]
  /** What smtpd answered to MAIL. */
  readonly said: string
}

/** Who was asked under these settings, by the port of a service; `mail`: by mail of sendmail(1). */
export async function asked(
  host: string,
  main: PostfixCase['main'],
  services: readonly CaseService[],
): Promise<ReadonlyMap<string, Asked>> {
  const ports = services.map(({ port }) => port)
  const out = await inHost(host, `${written(main, services)}\n${asking(ports)}\n${SENDMAIL}`)
  return new Map(
    out.split(/\r?\n/).flatMap((line) => {
      const [, who = '', sockets = '', said = ''] = /^(\w+) ([\d ]*)\| ?(.*)$/.exec(line) ?? []
      return who === '' ? [] : [[who, { sockets: (sockets.match(/\d+/g) ?? []).map(Number), said }] as const]
    }),
  )
}
