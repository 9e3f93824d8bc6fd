// The lab in which all benchmarks run, one after the other. One host is the controller; the others have Python, because
// Ansible needs it.
import type * as Lab from '../lab/index.ts'
import { endMasters } from './contenders/ansible.ts'
import { withFleet, type Fleet, type Playbooks } from './contenders/job.ts'

/** The library works on the lab that this names when it is loaded. */
export function benchLab(): Promise<typeof Lab> {
  process.env['MAILRUN_LAB_NAME'] = 'bench'
  return import('../lab/index.ts')
}

/** Those that have today's Ansible, and those that a new host is made of. */
const RELEASES = ['trixie'] as const

/** The main job: a whole playbook of mailrun's own. */
const DKIM: Playbooks = { mailrun: 'playbooks/dkim.ts', ansible: 'bench/peers/dkim.yaml' }

/** A lab of that size on a straight wire, with the peers on its controller; it stays up for the next bench. */
export async function onFleet<T>(
  size: number,
  use: (fleet: Fleet, lab: typeof Lab) => Promise<T>,
  playbooks: Playbooks = DKIM,
): Promise<T> {
  const lab = await benchLab()
  await lab.labPrograms({ time: '/usr/bin/time', tcpdump: '/usr/bin/tcpdump' })
  await lab.labUp({ size, tools: true, python: true, releases: RELEASES, wire: { rttMs: 0, lossPercent: 0 } })
  return withFleet(lab, playbooks, async (fleet) => {
    try {
      return await use(fleet, lab)
    } finally {
      await endMasters(fleet)
    }
  })
}
