// Sends a message from a mail host of the lab, as its users and programs do.
import { randomUUID } from 'node:crypto'
import { findHost } from '../hosts/find-host.ts'
import { inHost } from '../hosts/in-host.ts'
import type { Lab } from '../lab.ts'
import { LabError } from '../lab-error.ts'
import { leader } from '../hosts/machine.ts'

export interface OutgoingMail {
  /** Of the envelope; empty for the null sender. */
  readonly from: string
  readonly to: string
  /** sendmail(1); SMTP to port 25 of the host itself; or to its port 587, which its master.cf must open. */
  readonly via: 'sendmail' | 'smtp' | 'submission'
  /** The header's From where it is not the envelope's. */
  readonly headerFrom?: string
  readonly subject?: string
  /** Lines end with LF. */
  readonly body?: string
}

/** perl-base is on every Debian host. Arguments: port, from, to; the message comes by standard input. */
const SMTP = `
use IO::Socket::INET;
my ($port, $from, $to) = @ARGV;
my $server = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port, Timeout => 10)
  or die "nothing listens on port $port: $!\\n";
sub said {
  my $line;
  do { $line = <$server> // die "the server hung up\\n" } while $line =~ /^\\d{3}-/;
  $line =~ /^[23]/ or die "$_[0]: $line";
}
sub say_ {
  print $server "$_[0]\\r\\n";
  said($_[0]);
}
said("greeting");
say_("EHLO localhost");
say_("MAIL FROM:<$from>");
say_("RCPT TO:<$to>");
say_("DATA");
while (<STDIN>) {
  s/\\r?\\n$//;
  s/^\\./../;
  print $server "$_\\r\\n";
}
say_(".");
say_("QUIT");
`

/**
 * Gives the Message-ID, with its angle brackets, as soon as the host took the message.
 *
 * @throws LabError with the host's answer where it does not take it.
 */
export async function sendMail(lab: Lab, hostName: string, mail: OutgoingMail): Promise<string> {
  const host = await findHost(lab, hostName)
  const pid = leader(lab, host)
  if (pid === undefined)
    throw new LabError(`${hostName} is down: start it with hostStart, or mend the lab with "lab up"`)
  for (const address of [mail.from, mail.to])
    if (!/^[\w.+=@[\]:-]*$/.test(address))
      throw new LabError(`a mail address is wanted, got ${JSON.stringify(address)}`)
  const messageId = `<${randomUUID()}@lab.${mail.from.split('@')[1] ?? 'invalid'}>`
  const { code, stdout, stderr } = await inHost(pid, script(mail, messageText(mail, messageId)))
  if (code !== 0)
    throw new LabError(`${hostName} did not take the message by ${mail.via}: ${`${stdout}${stderr}`.trim()}`)
  return messageId
}

function messageText({ from, to, headerFrom, subject, body }: OutgoingMail, messageId: string): string {
  const date = new Date().toUTCString().replace('GMT', '+0000')
  const fields = [
    `From: ${headerFrom ?? from}`,
    `To: ${to}`,
    `Subject: ${subject ?? 'a message from the lab'}`,
    `Message-ID: ${messageId}`,
    `Date: ${date}`,
  ]
  return `${fields.join('\n')}\n\n${body ?? 'hello'}\n`
}

function script({ from, to, via }: OutgoingMail, text: string): string {
  const message = Buffer.from(text).toString('base64')
  const sendmail = `/usr/sbin/sendmail -i -f '${from === '' ? '<>' : from}' -- '${to}'`
  if (via === 'sendmail') return `base64 -d <<'MESSAGE' | ${sendmail}\n${message}\nMESSAGE\n`
  const program = Buffer.from(SMTP).toString('base64')
  return `program=$(base64 -d <<'PROGRAM'
${program}
PROGRAM
)
base64 -d <<'MESSAGE' | perl -e "$program" ${via === 'smtp' ? 25 : 587} '${from}' '${to}'
${message}
MESSAGE
`
}
