// Nothing to do on four hosts that are far away: 0 to 300 ms of round trip, and a wire that loses packets.
import { alternate } from '../alternate.ts'
import { ANSIBLE, BY_HAND, MAILRUN, MITOGEN, type Bench, type Outcome } from '../bench.ts'
import { onFleet } from '../bench-lab.ts'
import { ansible, endMasters, warmUp } from '../contenders/ansible.ts'
import { byHand } from '../contenders/by-hand.ts'
import { mailrun, settle } from '../contenders/mailrun.ts'
import { medianAmong, type Measured } from '../results.ts'
import { peerVersions } from '../versions.ts'

const HOSTS = 4
const JOB = 'nothing to do'

const ABOUT = [
  `Nothing is to be done on ${HOSTS} hosts behind a wire (vde2's wirefilter); ` +
    'the rows show its round trip in milliseconds. ' +
    'The master connections of Ansible exist before; mailrun, Mitogen and the scripts by hand connect again.',
  'With packet loss, the wire loses 1 % each way. ' +
    'From the seconds that a longer round trip adds, the last table computes how many round trips follow each other.',
].join('\n')

export const latency: Bench = {
  name: 'latency',
  title: 'Far away',
  at: 'ms',
  against: [MAILRUN, BY_HAND],
  about: ABOUT,
  plots: [{ job: JOB, title: `Nothing to do on ${HOSTS} hosts: seconds by milliseconds of round trip` }],
  async run({ quick }): Promise<Outcome> {
    const wires = [0, 25, 100, 300].map((rttMs) => ({ rttMs, lossPercent: 0, job: JOB }))
    const lossy = { rttMs: 100, lossPercent: 1, job: `${JOB}, 1 % of packets lost` }
    return onFleet(HOSTS, async (fleet, lab) => {
      await settle(fleet)
      const found: Measured[] = []
      for (const { job, ...wire } of quick ? [wires[2]!] : [...wires, lossy]) {
        // Masters do not live through the change of the wire.
        await endMasters(fleet)
        await lab.setWire(wire)
        const turns = quick ? 1 : 5
        const contenders = [
          mailrun(fleet, JOB, turns),
          byHand(fleet, JOB, turns),
          ansible(ANSIBLE, fleet, JOB, 1),
          ansible(MITOGEN, fleet, JOB, 1),
        ]
        await warmUp(fleet)
        found.push(...(await alternate(job, wire.rttMs, contenders, { rounds: quick ? 1 : 2, seconds: 30 })))
      }
      await endMasters(fleet)
      await lab.setWire({ rttMs: 0, lossPercent: 0 })
      return { versions: await peerVersions(fleet.controller), measured: [...found, ...slopes(found)] }
    })
  },
}

/** How many round trips follow each other, by what 275 ms more of each cost. */
function slopes(measured: readonly Measured[]): readonly Measured[] {
  const medianAt = (at: number, who: string): number | undefined =>
    medianAmong(measured, { job: JOB, unit: 's', at, who })
  return [...new Set(measured.map(({ who }) => who))].flatMap((who): readonly Measured[] => {
    const [near, far] = [medianAt(25, who), medianAt(300, who)]
    if (near === undefined || far === undefined) return []
    const job = 'round trips one after another, by time'
    return [{ job, at: 300, who, unit: 'round trips', values: [(far - near) / 0.275] }]
  })
}
