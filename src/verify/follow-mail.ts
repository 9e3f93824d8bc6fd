// Looks in a host's mail log for what happened to messages. If there is no log, looks in the queue for messages that
// are still there.
import type { DeliveryMessage } from '../mail/messages/delivery-message.ts'
import { mailFate, type MailFate } from '../mail/messages/postfix-log.ts'
import { quote } from '../shell/quote.ts'
import type { Untrusted } from '../shell/untrusted.ts'

/** For one look; see {@link followScript}. */
export const LOOK_SECONDS = 30

/**
 * Where the log is: `maillog_file` of Postfix, systemd's journal, or syslog's file. Nothing is printed but lines about
 * queue ids that a Message-ID of this run belongs to, and those of the bounces that came of them: `log NONCE LINE`; and
 * `reject LINE` where a milter put off or refused a message before its Message-ID was known. Without a log:
 * `queue {…}`, what waits for the address.
 */
const FOLLOW = String.raw`
f=$(postconf -xh maillog_file 2>/dev/null)
if [ "$f" ] && [ -r "$f" ]; then
  t=file
elif [ "$(journalctl -q --no-pager -o cat -n 1 --since "@$since" SYSLOG_FACILITY=2 2>/dev/null)" ]; then
  t=journal
else
  t=
  for f in /var/log/mail.log /var/log/maillog; do
    [ -r "$f" ] && t=file && break
  done
fi
case $t in
file) tail -c 16000000 -- "$f";;
journal) journalctl -q --no-pager -o cat --since "@$since" SYSLOG_FACILITY=2;;
*) echo no-log
  postqueue -j 2>/dev/null | grep -F -- "\"$address\"" | head -c 1000000 | sed 's/^/queue /';;
esac | LC_ALL=C awk -v run="$run" '
t == "" && /^no-log$/ {print; t = "queue"; next}
t == "queue" {print; next}
{sub(/^.*postfix[^ ]*\[[0-9]+\]: /, "")}
i = index($0, ": message-id=<mailrun-" run) {
  q = substr($0, 1, i - 1)
  if (q ~ /^[0-9A-Za-z]+$/) n[q] = substr($0, i + 22, length(run) + 4)
}
{q = $1; sub(/:$/, "", q)}
!(q in n) && /^[0-9A-F][0-9A-Za-z]+: milter-reject: / {print "reject", substr($0, 1, 2000)}
!(q in n) {next}
i = index($0, ": sender non-delivery notification: ") {n[substr($0, i + 36)] = n[q]}
{print "log", n[q], substr($0, 1, 2000)}'`

/** @param since - the host's time, in seconds, before the first message. @param mark - ends its here-document. */
export const followScript = (
  since: number,
  run: string,
  address: string,
  mark: string,
): string => `timeout -k 5 ${LOOK_SECONDS} sh <<'${mark}'
{
since=${since} run=${run} address=${quote(address)}
${FOLLOW}
} </dev/null
${mark}`

/** By nonce: what is known so far. @param queueId - under which the host took a message, where it said so. */
export function readFollowed(
  stdout: Untrusted,
  messages: readonly DeliveryMessage[],
  address: string,
  queueId: (message: DeliveryMessage) => string | undefined,
): ReadonlyMap<string, MailFate> {
  const hasLog = !/^no-log$/m.test(stdout)
  const lines = [...stdout.matchAll(/^log ([0-9a-f]+) (.*)$/gm)]
  const rejected = [...stdout.matchAll(/^reject (.*)$/gm)].map(([, line = '']) => line)
  const waiting = hasLog ? [] : [...stdout.matchAll(/^queue (\{.*\})$/gm)].flatMap(([, text = '']) => queued(text))
  const fates = messages.flatMap((message): readonly (readonly [string, MailFate])[] => {
    const waits = waiting.find(({ id }) => id === queueId(message))
    if (waits !== undefined) return [[message.nonce, { kind: 'deferred', by: '', answer: waits.why }]]
    const own = lines.filter(([, nonce]) => nonce === message.nonce).map(([, , line = '']) => line)
    const unnamed = rejected.filter((line) => line.includes(`; from=<${message.envelope}>`))
    const fate = mailFate(own.length > 0 ? own : unnamed, address)
    return fate === undefined ? [] : [[message.nonce, fate]]
  })
  return new Map(fates)
}

/** postqueue(1), JSON object format. */
function queued(text: string): readonly { readonly id: string; readonly why: string }[] {
  try {
    const { queue_id: id, recipients = [] } = JSON.parse(text) as {
      readonly queue_id?: string
      readonly recipients?: readonly { readonly delay_reason?: string }[]
    }
    return id === undefined
      ? []
      : [
          {
            id,
            why:
              recipients.map(({ delay_reason: reason }) => reason ?? '').find((reason) => reason !== '') ??
              'it waits in the queue',
          },
        ]
  } catch {
    return []
  }
}
