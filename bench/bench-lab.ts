// The lab in which all benchmarks run, one after the other. Its hosts have Python, because Ansible needs it.
import type * as Lab from '../lab/index.ts'
import { ANSIBLE_PACKAGES, endMasters } from './contenders/ansible.ts'
import { withFleet, type Fleet } from './contenders/job.ts'

/** The library works on the lab that this names when it is loaded. */
export function benchLab(): Promise<typeof Lab> {
  process.env['MAILRUN_LAB_NAME'] = 'bench'
  return import('../lab/index.ts')
}

/** A lab of that size on a straight wire, with the peers and time(1) installed here; it stays up for the next bench. */
export async function onFleet<T>(size: number, use: (fleet: Fleet, lab: typeof Lab) => Promise<T>): Promise<T> {
  const lab = await benchLab()
  await lab.labPrograms({ ...ANSIBLE_PACKAGES, time: '/usr/bin/time', tcpdump: '/usr/bin/tcpdump' })
  await lab.labUp({ size, tools: false, python: true, wire: { rttMs: 0, lossPercent: 0 } })
  return withFleet(await lab.labStatus(), lab.becomePasswordFile, async (fleet) => {
    try {
      return await use(fleet, lab)
    } finally {
      await endMasters(fleet)
    }
  })
}
