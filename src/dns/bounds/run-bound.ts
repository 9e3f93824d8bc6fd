// Limits the time that a run waits for name servers that do not answer, all its hosts and keys together.
import type { AskServer, AskUntil, ServerReply } from '../lookup/ask-server.ts'
import { limited } from '../lookup/look.ts'
import { shownServer, type NameServer } from '../lookup/name-server.ts'
import { silence } from './silence.ts'

/**
 * Only waiting that ends in silence counts, and questions that wait at the same time count once. When the time is up,
 * those that are on their way end, and no other is put. A server that gave no answer is not asked again, and what else
 * it is being asked ends with that: waiting for it once is enough.
 *
 * @param seconds - for all questions.
 */
export function endingAfter(ask: AskUntil, seconds: number): AskServer {
  const silent = new Map<string, { readonly server: NameServer; readonly reply: ServerReply }>()
  const lasting = new Set<Lasting>()
  const waited = silence()
  let timer: NodeJS.Timeout | undefined
  let over: string | undefined
  const left = (): number => {
    const rest = over === undefined ? seconds * 1000 - waited.milliseconds() : 0
    return rest < TIMER_MS ? 0 : rest
  }
  const overNow = (): ServerReply => {
    over ??= overText(
      seconds,
      [...silent.values()].map(({ server }) => shownServer(server)),
    )
    return { kind: 'silent', why: over, over }
  }
  const endAll = (reply: ServerReply, of: (one: Lasting) => boolean): void => {
    for (const one of [...lasting].filter(of)) one.end(reply)
  }
  // What waits may turn out not to count: only when the time is up is it known how much is left.
  const watch = (): void => {
    clearTimeout(timer)
    if (lasting.size === 0) return
    timer = setTimeout(() => {
      if (left() <= 0) endAll(overNow(), () => true)
      watch()
    }, left())
  }
  return limited(async (server, question) => {
    if (left() <= 0) return overNow()
    const key = JSON.stringify(server.addresses)
    const known = silent.get(key)
    if (known !== undefined) return known.reply
    const until = performance.now() + left()
    const wait = waited.begin()
    let end!: Lasting['end']
    const ended = new Promise<ServerReply>((resolve) => (end = resolve))
    const one = { key, end }
    lasting.add(one)
    watch()
    try {
      const reply = await Promise.race([ask(server, question, until), ended])
      if (reply.kind !== 'silent') wait.answered()
      else if (left() > 0 && until - performance.now() >= TIMER_MS && !silent.has(key)) {
        silent.set(key, { server, reply })
        endAll(reply, (each) => each.key === key)
      }
      return reply
    } finally {
      wait.silent()
      lasting.delete(one)
      watch()
    }
  })
}

/** Timers may fire that much too early. */
const TIMER_MS = 1

/** A question that is on its way. */
interface Lasting {
  /** Of the server. */
  readonly key: string
  readonly end: (reply: ServerReply) => void
}

const SHOWN = 3

function overText(seconds: number, silent: readonly string[]): string {
  const from = [...silent.slice(0, SHOWN), ...(silent.length > SHOWN ? [`${silent.length - SHOWN} more`] : [])]
  const none = from.length === 0 ? '' : `; no answer came from ${from.join(', ')}`
  return `name servers did not answer in the ${seconds} s that a run waits for them${none}`
}
