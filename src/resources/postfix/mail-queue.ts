// Asks a host's Postfix how long it keeps mail, and for the oldest message in its queue.
import type { QueueStanding } from '../../mail/rotation/evidence.ts'
import { utf8 } from '../../core/probe/answer.ts'
import { defineProbe } from '../../core/probe/probe.ts'
import { raw } from '../../shell/script.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { END, whole } from '../../core/probe/whole.ts'

/** postconf(5), "Time units". */
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Of a parameter whose default unit is the day. */
export function timeValue(text: Untrusted): number | undefined {
  const [, number, unit = 'd'] = /^(\d{1,9})([smhdw]?)$/.exec(text.trim().toLowerCase()) ?? []
  return number === undefined ? undefined : Number(number) * UNITS[unit === '' ? 'd' : unit]!
}

const OLDEST_OF_QUEUE = `
/^\\{"queue_name": "[a-z]+", "queue_id": "[0-9A-Za-z]+", "arrival_time": [0-9]+,/ {
  split($0, a, /[",: {}]+/)
  n++
  if (t=="" || a[7]+0 < t+0) {t=a[7]; q=a[3]; i=a[5]}
  next
}
/^\\{/ {bad=$0; next}
{w=last; last=$0}
END {
  if (last != "done") print "why postqueue fails: " w
  else if (bad != "")
    print "why postqueue -j tells of a message in a way that is not known: " substr(bad, 1, 80)
  else {
    print "messages " n+0
    if (n) print "oldest " i, q, t
  }
}`

/** postqueue(1), `-j`: a message a line; a sender cannot say what is before it in the line. */
export const mailQueue = defineProbe<QueueStanding | { readonly why: string }>({
  key: 'mail-queue',
  reads: ['path:/etc/postfix/main.cf'],
  script: raw(`
if ! command -v postqueue >/dev/null; then echo 'why there is no Postfix'; else
for p in maximal_queue_lifetime bounce_queue_lifetime; do echo "$p $(postconf -hx $p 2>/dev/null)"; done
{ postqueue -j 2>&1 && echo done || echo failed; } | awk '${OLDEST_OF_QUEUE}'
fi
${END}`),
  parse(answer) {
    const text = utf8(whole(answer, 'the queue cannot be asked for'))
    const why = /^why (.*)$/m.exec(text)?.[1]
    if (why !== undefined) return { why }
    const lifetimes = ['maximal_queue_lifetime', 'bounce_queue_lifetime'].map((name) =>
      timeValue(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1] ?? ''),
    )
    const messages = /^messages (\d+)$/m.exec(text)?.[1]
    if (messages === undefined || lifetimes.some((each) => each === undefined))
      return { why: 'Postfix does not tell how long it keeps mail ("postconf maximal_queue_lifetime")' }
    const [, id = '', queue = '', arrived] = /^oldest (\S+) (\S+) (\d+)$/m.exec(text) ?? []
    if (Number(messages) > 0 && arrived === undefined)
      return { why: 'postqueue does not tell which message is the oldest' }
    return {
      lifetime: Math.max(...lifetimes.map((each) => each!)),
      messages: Number(messages),
      oldest: arrived === undefined ? undefined : { id, queue, arrived: Number(arrived) },
    }
  },
})
