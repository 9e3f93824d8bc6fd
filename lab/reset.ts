// Replaces the hosts of a lab with fresh ones that have the same keys and addresses.
import { AT_ONCE } from './up.ts'
import { atMost } from './at-most.ts'
import { fleet } from './fleet.ts'
import { resetHost } from './hosts/host.ts'
import { mendInternet } from './internet/mend-internet.ts'
import type { Lab } from './lab.ts'
import { lockPath, withLock } from './lock.ts'
import { findHosts } from './hosts/find-host.ts'
import { say } from './say.ts'
import { siteOf } from './hosts/site.ts'
import { requireState } from './state.ts'

/**
 * @param names - hosts by name; `all` for every host.
 * @throws LabError for a name that the lab does not have, before anything is removed.
 */
export async function reset(lab: Lab, names: readonly string[] | 'all'): Promise<void> {
  await withLock(lockPath(lab), async () => {
    const state = await requireState(lab)
    const hosts = names === 'all' ? fleet(state) : await findHosts(lab, names)
    await atMost(AT_ONCE, hosts, async (host) => {
      await resetHost(siteOf(lab, state), host)
      say(`${host.name} made again`)
    })
    await mendInternet(lab, state)
  })
}
