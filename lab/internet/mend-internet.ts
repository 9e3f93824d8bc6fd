// Repairs what running name servers need for the lab's zones: the mail hosts' records at the primary, the same zones at
// the secondary.
import { fleet, isMailHost } from '../fleet.ts'
import type { Lab } from '../lab.ts'
import { leader } from '../hosts/machine.ts'
import type { LabState } from '../state.ts'
import { DOMAIN, fqdn, ipv6, reverseNames, reverseZone, reverseZone6 } from './names.ts'
import { onNameServer } from './on-name-server.ts'
import { setSecondaryLag } from './secondary-lag.ts'
import { TTL } from './zones.ts'

/** What the primary last got about the mail hosts. */
const REPORTED = '/var/lib/bind/lab-hosts'

/**
 * Quick where nothing is to do; what a stopped server misses, the next `up` gives it. @throws LabError with what
 * nsupdate or rndc said.
 */
export async function mendInternet(lab: Lab, state: LabState): Promise<void> {
  if (state.internet === undefined) return
  if (leader(lab, { name: 'ns1' }) === undefined) return
  await tellHosts(lab, state)
  if (leader(lab, { name: 'ns2' }) !== undefined) await setSecondaryLag(lab, state.subnet, false)
}

async function tellHosts(lab: Lab, state: LabState): Promise<void> {
  const wanted = hostRecords(state)
  const reported = (await onNameServer(lab, 'ns1', `cat ${REPORTED} 2>/dev/null || true`))
    .split('\n')
    .filter((line) => line !== '')
  const [gone, added] = [
    reported.filter((line) => !wanted.includes(line)),
    wanted.filter((line) => !reported.includes(line)),
  ]
  if (gone.length + added.length === 0) return
  const lines = [
    ...gone.map((line) => `update delete ${line.replace(/ \d+ /, ' ')}\n`),
    ...added.map((line) => `update add ${line}\n`),
  ]
  // A message holds records of one zone.
  const updates = [DOMAIN, reverseZone(state.subnet), reverseZone6(state.subnet)].flatMap((zone) => [
    ...lines.filter((line) => line.includes(`.${zone}. `) && !line.includes(` PTR `) === (zone === DOMAIN)),
    'send\n',
  ])
  await onNameServer(
    lab,
    'ns1',
    `nsupdate -l <<'UPDATES' && cat >${REPORTED} <<'TOLD'\n${updates.join('')}UPDATES\n${wanted.join('\n')}\nTOLD\n`,
  )
}

/** Forward and reverse, so that they confirm each other (FCrDNS). */
function hostRecords(state: LabState): readonly string[] {
  const hosts = fleet(state).filter((host) => isMailHost(host) || host.profile === 'tools')
  return hosts.flatMap((host) => {
    const name = fqdn(host)
    const [reverse, reverse6] = reverseNames(state.subnet, host.number)
    return [
      `${name}. ${TTL} A ${state.subnet}.${host.number}`,
      `${name}. ${TTL} AAAA ${ipv6(state.subnet, host.number)}`,
      `${reverse}. ${TTL} PTR ${name}.`,
      `${reverse6}. ${TTL} PTR ${name}.`,
    ]
  })
}
