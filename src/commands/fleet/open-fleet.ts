// The first part of every command that works on a fleet: reads inventories, keyring, extra vars and limit once, and
// then connects to hosts.
import type { SshResolvers } from '../../ssh/config/resolvers.ts'
import type { Connector, ConnectionSource } from '../../ssh/connector.ts'
import type { RunBounds } from '../../engine/ask-only.ts'
import type { Connect } from '../../engine/session/connection.ts'
import { DEFAULT_FORKS } from '../../engine/run-options.ts'
import type { Host } from '../../core/fleet/host.ts'
import type { Inventory } from '../../core/fleet/inventory.ts'
import { readExtraVars } from '../../playbook/extra-vars.ts'
import { sshConfigFile } from '../../inventory/address.ts'
import { nameList } from '../../report/write/name-list.ts'
import { keyringFor } from './keyring-for.ts'
import { affordableForks } from './open-files.ts'
import type { HostSelection } from './question-hosts.ts'
import { readFleet, type FleetSource } from './read-fleet.ts'

/** What a command gets to know of the fleet, whether or not it reaches hosts. */
export interface InventoryRequest extends Omit<FleetSource, 'inventory'> {
  /** An inventory as `-i` takes it, or several: later ones win. */
  readonly inventory: string | readonly string[]
  /** A host pattern, as `--limit`; left out: all hosts that the command is about. */
  readonly limit?: string | undefined
}

/** What a command that reaches hosts gets besides. */
export interface FleetRequest extends InventoryRequest, ConnectionSource {
  /** Hosts worked on at once; left out: 32. */
  readonly forks?: number | undefined
  /** Aborting lets the changes in hand finish, and starts nothing more. */
  readonly signal?: AbortSignal | undefined
  /** Whether `reach` will be called; left out: yes. */
  readonly reachesHosts?: boolean | undefined
  /**
   * Aborting leaves at once: a change that was running is then `unknown`, and the next run finds out. It counts as
   * `signal` too.
   */
  readonly abandon?: AbortSignal | undefined
  /** Is called once nothing can keep the command from starting any more, before the first host is touched. */
  readonly onBegin?: (() => void) | undefined
}

export interface Fleet extends HostSelection {
  readonly bounds: RunBounds
  /**
   * How these hosts are connected to; none is touched yet. It may be called again for others.
   * @throws MailrunError with file:line for what cannot be supported, and for keys without their passphrase
   */
  reach(hosts: Iterable<Host>): Promise<Connect>
  /** Ends what connections share. */
  close(): void
}

/**
 * No host is touched.
 *
 * @param playbookFolder - whose group_vars and host_vars count, too.
 * @throws MailrunError with file:line for what is wrong in inventories and extra vars
 */
export async function openFleet(request: FleetRequest, playbookFolder?: string): Promise<Fleet> {
  const { limit, extraVars: given = [], forks = DEFAULT_FORKS } = request
  const resolvers = sshBegun(request)
  const keyring = keyringFor(request)
  const extraVars = await readExtraVars(given, keyring)
  const paths = typeof request.inventory === 'string' ? [request.inventory] : request.inventory
  const inventory = await readFleet({ ...request, inventory: paths }, extraVars, playbookFolder, keyring)
  beginRouteToOnly(request, inventory, resolvers)
  const open = new Set<Connector>()
  let hasBegun = false
  return {
    inventory,
    limit,
    extraVars,
    keyring,
    bounds: { forks: affordableForks(forks), ...signalsOf(request), onHostNote: hostNotes(request) },
    async reach(hosts) {
      // Who only reads an inventory pays for no SSH.
      const { connector } = await import('../../ssh/connector.ts')
      const opened = await connector([...new Set(hosts)], request, await resolvers)
      open.add(opened)
      if (!hasBegun) request.onBegin?.()
      hasBegun = true
      return opened.connect
    },
    close() {
      for (const each of open) each.close()
      open.clear()
    },
  }
}

/** ssh says what holds for every host, if anything does, while inventory and playbook are read. */
async function sshBegun({ sshConfig, reachesHosts = true }: FleetRequest): Promise<SshResolvers | undefined> {
  if (!reachesHosts) return undefined
  const { sshResolvers } = await import('../../ssh/config/resolvers.ts')
  const resolvers = sshResolvers()
  resolvers.of(sshConfigFile(sshConfig)).begin()
  return resolvers
}

/**
 * A `Host` block of ssh_config may say something about one host, so `sshBegun` cannot ask about it. If only one host
 * can be reached, ssh is asked about it while the playbook is read. With several hosts it is not known yet which ones
 * the playbook is for, and questions about others would be wasted.
 */
function beginRouteToOnly(
  request: FleetRequest,
  { hosts }: Inventory,
  resolvers: Promise<SshResolvers | undefined>,
): void {
  const { limit } = request
  const [only, ...others] = limit === undefined ? hosts : hosts.filter(({ name }) => name === limit)
  if (only === undefined || others.length > 0) return
  const begin = async (): Promise<void> => {
    const begun = await resolvers
    if (begun === undefined) return
    const { beginRoute } = await import('../../ssh/connector.ts')
    beginRoute(only.address, request, begun)
  }
  // An error in loading the code comes again where it is needed.
  begin().catch(() => {})
}

/** Notes about hosts as warnings; each is given once, though a command may ask its hosts several times. */
function hostNotes({ warn }: FleetRequest): RunBounds['onHostNote'] {
  if (warn === undefined) return undefined
  const given = new Set<string>()
  return (hosts, note) => {
    const more = hosts.filter((host) => !given.has(`${host}\n${note}`))
    for (const host of more) given.add(`${host}\n${note}`)
    if (more.length > 0) warn(`${nameList(more)}: ${note}`)
  }
}

function signalsOf({ signal, abandon }: FleetRequest): Pick<RunBounds, 'interrupt' | 'abandon'> {
  const never = new AbortController().signal
  const given = [signal, abandon].filter((each) => each !== undefined)
  return { interrupt: given.length > 1 ? AbortSignal.any(given) : (given[0] ?? never), abandon: abandon ?? never }
}
