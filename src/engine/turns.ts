// The turns of hosts that come after others: each begins once those before it are done, and not where one failed.
import type { PreparedHost } from '../core/fleet/prepared-host.ts'
import type { HostResult } from '../core/run-event.ts'

/** How far the hosts of a run came. */
interface SoFar {
  readonly ended: ReadonlyMap<PreparedHost, Pick<HostResult, 'status'>>
  readonly parked: ReadonlyMap<PreparedHost, unknown>
}

export interface Turns {
  /** Begins the host in its turn. Where one before it is parked, it is put off. */
  take(prepared: PreparedHost, begin: () => Promise<void>): Promise<void>
  /** Those that were put off; they are to be taken once what was parked has ended. */
  put(): readonly PreparedHost[]
  /** Why it was not begun; `undefined`: not for the sake of another host. */
  missed(prepared: PreparedHost): string | undefined
}

const DONE: readonly HostResult['status'][] = ['ok', 'changed', 'would-change', 'held']

/** @param hosts - each behind those that come before it. */
export function turnsOf({ ended, parked }: SoFar, hosts: readonly PreparedHost[]): Turns {
  const byName = new Map(hosts.map((each) => [each.host.name, each]))
  const taken = new Map<PreparedHost, Promise<void>>()
  const missed = new Map<PreparedHost, string>()
  let putOff: PreparedHost[] = []
  const before = ({ after = [] }: PreparedHost): readonly PreparedHost[] =>
    after.flatMap((name) => byName.get(name) ?? [])

  const inTurn = async (prepared: PreparedHost, begin: () => Promise<void>): Promise<void> => {
    const others = before(prepared)
    await Promise.all(others.flatMap((each) => taken.get(each) ?? []))
    if (others.some((each) => parked.has(each) || putOff.includes(each))) {
      putOff.push(prepared)
      return
    }
    const undone = others.filter((each) => !DONE.includes(ended.get(each)?.status ?? 'not-reached'))
    if (undone.length === 0) return begin()
    const words = undone.map((each) => `${each.host.name} (${ended.get(each)?.status ?? 'not reached'})`)
    missed.set(prepared, `comes after ${words.join(', ')}`)
  }
  return {
    take(prepared, begin) {
      // Nobody before it: it begins at once, as in a run without an order.
      const turn = before(prepared).length === 0 ? begin() : inTurn(prepared, begin)
      taken.set(prepared, turn)
      return turn
    },
    put() {
      const next = putOff
      putOff = []
      return next
    },
    missed: (prepared) => missed.get(prepared),
  }
}
