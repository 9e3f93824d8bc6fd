// Reads from Postfix's log what happened to a message. Pure functions.
import type { Untrusted } from '../../shell/untrusted.ts'

export interface MailFate {
  /**
   * - `sent`: another server took it.
   * - `stayed`: delivered on the host itself.
   * - `deferred`: tried, and to be tried again.
   * - `bounced`: refused by another server, or cannot be sent.
   * - `put-off`, `refused`: by a milter of the host's own.
   */
  readonly kind: 'sent' | 'stayed' | 'deferred' | 'bounced' | 'put-off' | 'refused'
  /** The server that said so, as Postfix names it: `mx.example.org[192.0.2.1]:25`; empty: the host itself. */
  readonly by: string
  readonly answer: string
}

const DELIVERY = /^\w+: to=<([^>]*)>,(?: orig_to=<([^>]*)>,)? relay=([^,]*), .*?status=(\w+) \((.*)\)$/
/** Of a line: syslog cuts them at 2 kB (Postfix's own, in msg_syslog, too), journald may not. */
const LINE_CHARACTERS = 4096
const MILTER = /^\w+: milter-\w+: \S+ from \S+: (.*?); from=/
const NETWORK = /\[([0-9a-fA-F.:]+)\]:\d+$/

/**
 * The last word on it.
 *
 * @param lines - about the message, with the queue id in front and nothing before it; also of its further ways through
 *   a filter of the host's own.
 * @param address - that it was sent to: what the log says of other recipients does not count.
 */
export function mailFate(lines: readonly Untrusted[], address: string): MailFate | undefined {
  const fates = lines.flatMap((whole): readonly MailFate[] => {
    const line = whole.slice(0, LINE_CHARACTERS)
    const milter = MILTER.exec(line)?.[1]
    if (milter !== undefined) return [{ kind: milter.startsWith('4') ? 'put-off' : 'refused', by: '', answer: milter }]
    const [, to = '', original, relay = '', status, answer = ''] = DELIVERY.exec(line) ?? []
    if (status === undefined || ![to, original].some((each) => each?.toLowerCase() === address.toLowerCase())) return []
    if (status === 'sent') return [{ kind: NETWORK.test(relay) ? 'sent' : 'stayed', by: relay, answer }]
    return [{ kind: status === 'deferred' ? 'deferred' : 'bounced', by: relay === 'none' ? '' : relay, answer }]
  })
  return fates.at(-1)
}

/** Not to a filter of the host's own, from which it comes back. */
export function isLastWord({ kind, by }: MailFate): boolean {
  if (kind === 'sent') return !/^(?:127\.|::1$)/.test(NETWORK.exec(by)?.[1] ?? '')
  return kind === 'stayed' || kind === 'bounced' || kind === 'refused'
}
