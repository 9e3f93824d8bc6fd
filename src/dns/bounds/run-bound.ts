// Limits the time that a run waits for name servers, all its hosts and keys together.
import type { AskServer, AskUntil, ServerReply } from '../lookup/ask-server.ts'
import { limited } from '../lookup/look.ts'
import { shownServer, type NameServer } from '../lookup/name-server.ts'

/**
 * Questions that wait at the same time count once. When the time is up, those that are on their way end, and no other
 * is put. A server that gave no answer is not asked again: waiting for it once is enough.
 *
 * @param seconds - for all questions.
 */
export function endingAfter(ask: AskUntil, seconds: number): AskServer {
  const silent = new Map<string, { readonly server: NameServer; readonly reply: ServerReply }>()
  const spent = stopwatch()
  let over: string | undefined
  const overNow = (): ServerReply => {
    over ??= overText(
      seconds,
      [...silent.values()].map(({ server }) => shownServer(server)),
    )
    return { kind: 'silent', why: over, over }
  }
  const left = (): number => (over === undefined ? seconds * 1000 - spent.milliseconds() : 0)
  const put = limited(async (server, question) => {
    const key = JSON.stringify(server.addresses)
    const known = silent.get(key)
    if (known !== undefined) return known.reply
    if (left() <= 0) return overNow()
    const reply = await ask(server, question, performance.now() + left())
    if (reply.kind === 'silent' && left() > 0) silent.set(key, { server, reply })
    return reply
  })
  return async (server, question) => {
    if (left() <= 0) return overNow()
    const stop = spent.start()
    let timer: NodeJS.Timeout | undefined
    const timeUp = new Promise<ServerReply>((resolve) => {
      timer = setTimeout(() => resolve(overNow()), left())
    })
    try {
      return await Promise.race([put(server, question), timeUp])
    } finally {
      clearTimeout(timer)
      stop()
    }
  }
}

const SHOWN = 3

function overText(seconds: number, silent: readonly string[]): string {
  const from = [...silent.slice(0, SHOWN), ...(silent.length > SHOWN ? [`${silent.length - SHOWN} more`] : [])]
  const none = from.length === 0 ? '' : `; no answer came from ${from.join(', ')}`
  return `name servers did not answer in the ${seconds} s that a run waits for them${none}`
}

/** The time in which at least one thing goes on. */
function stopwatch(): { milliseconds(): number; start(): () => void } {
  let [going, since, before] = [0, 0, 0]
  const milliseconds = (): number => before + (going > 0 ? performance.now() - since : 0)
  return {
    milliseconds,
    start() {
      if (going === 0) since = performance.now()
      going += 1
      return () => {
        before = going === 1 ? milliseconds() : before
        going -= 1
      }
    },
  }
}
