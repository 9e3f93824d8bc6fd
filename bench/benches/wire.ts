// What goes over the wire and what starts on the hosts: round trips, bytes and processes, counted where they happen.
import { alternate, type Contender } from '../alternate.ts'
import { ANSIBLE, MITOGEN, type Bench, type Outcome } from '../bench.ts'
import { onFleet } from '../bench-lab.ts'
import { ansible, endMasters, warmUp } from '../contenders/ansible.ts'
import { bareSsh, byHand } from '../contenders/by-hand.ts'
import type { Fleet } from '../contenders/job.ts'
import { mailrun, settle } from '../contenders/mailrun.ts'
import { processesStarted } from '../host-processes.ts'
import type { Measured } from '../results.ts'
import { peerVersions } from '../versions.ts'
import { listen, roundTrips, type Packet } from '../wire-tap.ts'
import type * as Lab from '../../lab/index.ts'

const HOSTS = 4
/** Long enough that an answer cannot be mistaken for that to something else. */
const RTT_MS = 100

const ABOUT = [
  `${HOSTS} hosts behind a wire of ${RTT_MS} ms. ` +
    'tcpdump counts the round trips that follow each other; the handshake of TCP is one of them. ' +
    'The host with the most counts. kB are the payload of TCP for one host.',
  'Processes are all that a host started during the turn, with threads, sshd and the login: ' +
    'they are counted by process numbers. ' +
    'The master connections of Ansible exist before: so Ansible needs no handshake, and the others do.',
].join('\n')

export const wire: Bench = {
  name: 'wire',
  title: 'On the wire and on the hosts',
  at: '',
  against: [],
  about: ABOUT,
  plots: [],
  async run({ quick }): Promise<Outcome> {
    return onFleet(HOSTS, async (fleet, lab) => {
      await settle(fleet)
      await endMasters(fleet)
      await lab.setWire({ rttMs: RTT_MS, lossPercent: 0 })
      await warmUp(fleet)
      const found: Measured[] = []
      for (const job of ['nothing to do', 'one changed file'] as const) {
        const all = [
          mailrun(fleet, job, 1),
          byHand(fleet, job, 1),
          ansible(ANSIBLE, fleet, job, 1),
          ansible(MITOGEN, fleet, job, 1),
          ...(job === 'nothing to do' ? [bareSsh(fleet, 1)] : []),
        ]
        found.push(
          ...(await alternate(
            job,
            HOSTS,
            all.map((each) => counted(each, fleet, lab)),
            { rounds: quick ? 1 : 2, seconds: 60 },
          )),
        )
      }
      await endMasters(fleet)
      await lab.setWire({ rttMs: 0, lossPercent: 0 })
      await settle(fleet)
      return { versions: await peerVersions(fleet.controller), measured: found }
    })
  },
}

/** Does what it does, and is counted instead of timed. */
const counted = (each: Contender, { hosts }: Fleet, lab: typeof Lab): Contender => ({
  ...each,
  async run() {
    let packets: readonly Packet[] = []
    const link = await lab.controllerLink()
    const processes = await processesStarted(
      lab,
      hosts.map(({ name }) => name),
      async () => (packets = await listen(link, () => each.run())),
    )
    const kilobytes = (direction: Packet['direction']): number =>
      packets.filter((packet) => packet.direction === direction).reduce((sum, { bytes }) => sum + bytes, 0) /
      1000 /
      hosts.length
    return {
      'round trips': Math.max(
        ...hosts.map(({ address }) =>
          roundTrips(
            packets.filter((packet) => packet.address === address),
            RTT_MS / 1000,
          ),
        ),
      ),
      'kB sent': kilobytes('to the host'),
      'kB received': kilobytes('from the host'),
      'processes on the host': processes.reduce((sum, count) => sum + count, 0) / hosts.length,
    }
  },
})
