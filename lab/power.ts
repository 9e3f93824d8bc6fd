// A host that is down for a while: its power cut and its cable out, then both back, with its files as they were.
import { findHost } from './find-host.ts'
import { ensureHost } from './host.ts'
import type { Lab } from './lab.ts'
import { lockPath, withLock } from './lock.ts'
import { powerOff } from './machine.ts'
import { setHostLink } from './network.ts'
import { siteOf } from './site.ts'
import { requireState } from './state.ts'

export async function stopHost(lab: Lab, name: string): Promise<void> {
  const host = await findHost(lab, name)
  await withLock(lockPath(lab), async () => {
    await setHostLink(lab, host, false)
    await powerOff(lab, host)
  })
}

export async function startHost(lab: Lab, name: string): Promise<void> {
  const host = await findHost(lab, name)
  await withLock(lockPath(lab), async () => {
    await ensureHost(siteOf(lab, await requireState(lab)), host)
  })
}
