// Takes a host down for a while: cuts its power and its network, then restores both, with its files as they were.
import { setTimeout as sleep } from 'node:timers/promises'
import { findHost } from './find-host.ts'
import { ensureHost } from './host.ts'
import { inHost } from './in-host.ts'
import type { LabHost } from '../fleet.ts'
import type { Lab } from '../lab.ts'
import { LabError } from '../lab-error.ts'
import { lockPath, withLock } from '../lock.ts'
import { leader, powerOff } from './machine.ts'
import { setHostLink } from '../network/network.ts'
import { siteOf } from './site.ts'
import { requireState } from '../state.ts'

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

/** systemd-nspawn ends with the container that wants to reboot: whoever started it starts it again. */
export async function rebootHost(lab: Lab, name: string): Promise<void> {
  const host = await findHost(lab, name)
  await withLock(lockPath(lab), async () => {
    const pid = leader(lab, host)
    if (pid === undefined) throw new LabError(`${name} is down`)
    await inHost(pid, 'systemctl --no-block reboot')
    await startedAfter(lab, host, pid)
  })
}

/** The same, of a host that somebody else has reboot. */
export async function followRestart(lab: Lab, name: string): Promise<void> {
  const host = await findHost(lab, name)
  await withLock(lockPath(lab), async () => {
    const pid = leader(lab, host)
    if (pid === undefined) throw new LabError(`${name} is down`)
    await startedAfter(lab, host, pid)
  })
}

async function startedAfter(lab: Lab, host: LabHost, pid: number): Promise<void> {
  for (let tenth = 0; leader(lab, host) === pid; tenth += 1) {
    if (tenth > 300) throw new LabError(`${host.name} did not go down within 30 s`)
    await sleep(100)
  }
  await powerOff(lab, host)
  await ensureHost(siteOf(lab, await requireState(lab)), host)
}

export async function linkHost(lab: Lab, name: string, plugged: boolean): Promise<void> {
  await setHostLink(lab, await findHost(lab, name), plugged)
}
