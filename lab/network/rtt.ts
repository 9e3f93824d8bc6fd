// Changes the round-trip time and the packet loss of a running lab.
import type { Lab } from '../lab.ts'
import { addIpv6, setWire, type Wire } from './latency.ts'
import { lockPath, withLock } from '../lock.ts'
import { requireState, writeState } from '../state.ts'

export async function changeWire(lab: Lab, wire: Wire): Promise<void> {
  await withLock(lockPath(lab), async () => {
    const state = await requireState(lab)
    await setWire(lab, state.subnet, wire)
    if (state.internet !== undefined) await addIpv6(lab, state.subnet, wire)
    await writeState(lab, { ...state, ...wire })
  })
}
