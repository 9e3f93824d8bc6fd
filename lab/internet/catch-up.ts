// Waits until both authoritative name servers of the lab serve the same.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lab } from '../lab.ts'
import { LabError } from '../lab-error.ts'
import { onNameServer } from './on-name-server.ts'
import { zoneNames } from './zones.ts'

/**
 * Waits until the secondary serves what the primary does.
 *
 * @throws LabError that names the zones that still differ after so many seconds.
 */
export async function catchUp(lab: Lab, subnet: string, seconds: number): Promise<void> {
  const zones = zoneNames(subnet)
  const ask = 'dig +norecurse +noall +answer +time=1 +tries=1 @127.0.0.1'
  const questions = zones.map((zone) => `${ask} ${zone} SOA | awk '{print "${zone}", $7}'\n`).join('')
  const serials = (name: 'ns1' | 'ns2'): Promise<string> => onNameServer(lab, name, `${questions}true`)
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    const [ours, theirs] = await Promise.all([serials('ns1'), serials('ns2')])
    if (ours === theirs && ours.trim().split('\n').length === zones.length) return
    const behind = zones.filter(
      (zone) => !theirs.includes(ours.split('\n').find((line) => line.startsWith(`${zone} `)) ?? ' '),
    )
    if (performance.now() > deadline) {
      const missed = `ns2 did not get these zones from ns1 within ${seconds} s: ${behind.join(', ')}`
      throw new LabError(`${missed}: see "journalctl -u named" there`)
    }
    await onNameServer(lab, 'ns2', behind.map((zone) => `rndc retransfer ${zone}\n`).join('') + 'true')
    await sleep(200)
  }
}
