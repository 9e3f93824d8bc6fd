// Makes the connection to a host anew in the middle of its run, because a change wants that: after a reboot, or to
// prove that the host still lets mailrun in.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reconnect } from '../../core/task/change.ts'
import { bootProbe } from '../../resources/host/boot.ts'
import { HostEnd } from '../host-end.ts'
import { maskSummary } from '../mask-change.ts'
import type { PlannedStep } from '../trip/steps.ts'
import { ConnectionLost, Unreachable } from './connection.ts'
import { LOCK_SECONDS, open, trip, type SessionState } from './session-trip.ts'

const PAUSE_MS = 1000
/** A host that boots may take none for long, and refuses for a while: each attempt has its own time, too. */
const LONGEST_PAUSE_MS = 8000

/**
 * Closes the connection and opens another one where the first of these steps wants that.
 *
 * @param steps - all that are to be made yet: without a connection none of them is.
 * @throws HostEnd where none is made in time.
 */
export async function reconnectFor(state: SessionState, steps: readonly PlannedStep[]): Promise<void> {
  const [first, ...others] = steps
  const wanted = first?.change.reconnect
  if (wanted === undefined) return
  state.connection.close()
  const { host, report, watcher, mask } = state
  if (wanted.notBoot !== undefined)
    report({ kind: 'host-note', host: host.name, note: `restarts: waits for it up to ${wanted.withinSeconds} s` })
  const why = await opened(state, wanted)
  if (why === undefined) return
  for (const step of others) if (step.change !== first!.change) watcher.notMade(step)
  const error = `no new connection within ${wanted.withinSeconds} s: ${why}\n${wanted.otherwise}`
  watcher.failed(first!, error)
  const { task, change } = first!
  throw new HostEnd('unreachable', `${task.type} ${task.name}: ${maskSummary(mask, change.summary)}: ${error}`)
}

/** Why there is no connection at the end; `undefined`: there is. */
async function opened(state: SessionState, { withinSeconds, notBoot }: Reconnect): Promise<string | undefined> {
  const { interrupt } = state.options
  const until = performance.now() + withinSeconds * 1000
  for (let pause = PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const why = await attempted(state, notBoot)
    if (why === undefined || performance.now() + pause > until) return why
    await sleep(pause, undefined, { signal: interrupt }).catch(() => {})
    if (interrupt.aborted) throw new HostEnd('interrupted', 'interrupted before the host was there again')
  }
}

async function attempted(state: SessionState, notBoot: string | undefined): Promise<string | undefined> {
  try {
    state.connection = await open(state, { anew: true })
    state.fresh = true
    if (notBoot === undefined) return undefined
    const outcome = await trip(state, [], [bootProbe], LOCK_SECONDS)
    const boot = outcome.kind === 'asked' ? outcome.asked(bootProbe) : undefined
    if (boot !== undefined && 'state' in boot && boot.state !== notBoot) {
      // The record of the trips before is gone with that boot.
      state.last = undefined
      return undefined
    }
    state.connection.close()
    return 'it has not restarted yet'
  } catch (error) {
    if (!(error instanceof Unreachable || error instanceof ConnectionLost)) throw error
    state.connection.close()
    return error.message
  }
}
