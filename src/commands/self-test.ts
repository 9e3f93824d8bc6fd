// `self-test`: tries every example of the task modules on the named hosts, in a scratch copy of their files.
import pLimit from 'p-limit'
import type { Host } from '../core/fleet/host.ts'
import type { HostFacts } from '../core/fleet/host-facts.ts'
import { ConnectionLost, Unreachable, type Connect, type Connection } from '../engine/session/connection.ts'
import { selectHosts } from '../inventory/select-hosts.ts'
import type { HostSelfTest } from '../testing/self-test/result.ts'
import { tryExamples, type TaskModules, type Tried } from '../testing/self-test/self-test.ts'
import { openFleet, type Fleet, type FleetRequest } from './fleet/open-fleet.ts'

export interface SelfTestRequest extends FleetRequest {
  /** Is asked before the first host is touched; left out: all agree. */
  readonly agree?: ((hosts: readonly string[]) => Promise<boolean>) | undefined
  /** Is called with each host as it is done. */
  readonly onEvent?: ((host: HostSelfTest) => void) | undefined
}

export interface SelfTested {
  /** In the order of the inventory; none where nobody agreed. */
  readonly hosts: readonly HostSelfTest[]
  readonly agreed: boolean
}

/** @throws MailrunError before any host is touched */
export async function selfTest(request: SelfTestRequest): Promise<SelfTested> {
  const { agree = () => Promise.resolve(true), onEvent = () => {} } = request
  const fleet = await openFleet(request)
  try {
    const { limit, inventory, bounds } = fleet
    const hosts = selectHosts(inventory, limit ?? 'all', limit === undefined ? 'mailrun self-test' : '--limit')
    if (!(await agree(hosts.map(({ name }) => name)))) return { hosts: [], agreed: false }
    const connect = await fleet.reach(hosts)
    const modules = (await import('../../tasks/index.ts')) as unknown as TaskModules
    const atOnce = pLimit(bounds.forks)
    const tested = hosts.map((host) =>
      atOnce(async () => {
        const result = await testHost(host, connect, modules, bounds)
        onEvent(result)
        return result
      }),
    )
    return { hosts: await Promise.all(tested), agreed: true }
  } finally {
    fleet.close()
  }
}

async function testHost(
  host: Host,
  connect: Connect,
  modules: TaskModules,
  { interrupt, abandon }: Fleet['bounds'],
): Promise<HostSelfTest> {
  const began = performance.now()
  const ended = (came: Pick<HostSelfTest, 'status' | 'error'>, tried?: Tried): HostSelfTest => ({
    name: host.name,
    ...came,
    ...(tried === undefined ? {} : { system: systemOf(tried.facts) }),
    seconds: (performance.now() - began) / 1000,
    examples: tried?.examples ?? [],
  })
  const isInterrupted = (): boolean => interrupt.aborted
  let connection: Connection | undefined
  try {
    if (isInterrupted()) return ended({ status: 'interrupted' })
    connection = await connect(host, interrupt)
    const tried = await tryExamples(connection, modules, abandon, interrupt)
    if (isInterrupted()) return ended({ status: 'interrupted' }, tried)
    return ended({ status: tried.examples.some(({ status }) => status === 'broken') ? 'broken' : 'kept' }, tried)
  } catch (error) {
    const { message } = error as Error
    if (isInterrupted()) return ended({ status: 'interrupted' })
    if (error instanceof Unreachable || error instanceof ConnectionLost)
      return ended({ status: 'unreachable', error: message })
    return ended({ status: 'failed', error: message })
  } finally {
    connection?.close()
  }
}

const systemOf = ({ os: { id, versionId, codename } }: HostFacts): string =>
  [id, versionId, codename && `(${codename})`].filter((word) => word !== '').join(' ')
