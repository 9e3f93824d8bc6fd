// `mailrun adopt`: looks at hosts that exist, and writes the inventory under which a run changes as little as possible;
// then tells what such a run would change. Nothing is written on any host.
import { connector, type Connector } from '../../connection/connector.ts'
import type { RunBounds } from '../../engine/ask-only.ts'
import type { Adoption, AdoptedHost } from '../../model/adoption.ts'
import { MailrunError } from '../../model/mailrun-error.ts'
import { readExtraVars } from '../../playbook/extra-vars.ts'
import { adoptionYaml } from '../../report/adoption.ts'
import type { AdoptionReport, Checked } from '../../report/adoption/format.ts'
import { ADOPTION_FORMATS } from '../../report/adoption/formats.ts'
import { loadFormat } from '../../report/registry.ts'
import { adoptedInventory, adoptHosts, hostsToAdopt } from '../../commands/adopt/adopt-hosts.ts'
import { checkAdoption } from '../../commands/adopt/check.ts'
import { connectionVars, listOf, namedHosts, reachedAs, WANTED } from '../../commands/adopt/named-hosts.ts'
import { keyringFor } from '../../commands/fleet/keyring-for.ts'
import { affordableForks } from '../../commands/fleet/open-files.ts'
import type { HostSelection } from '../../commands/fleet/question-hosts.ts'
import { readFleet } from '../../commands/fleet/read-fleet.ts'
import type { AdoptFlags } from '../flags/adopt-flags.ts'
import { adoptionTarget } from '../../commands/adopt/adoption-target.ts'
import { EXIT, exitStatus } from '../exit-status.ts'
import { fleetSource } from '../flags/fleet-request.ts'
import { givenInventory } from '../flags/given.ts'
import { SCREEN } from '../terminal/output.ts'
import type { Signals } from '../terminal/signals.ts'

/** Resolves with the exit status. @throws MailrunError before any host is touched */
export async function adoptCommand(words: readonly string[], flags: AdoptFlags, signals: Signals): Promise<number> {
  const { open } = await loadFormat(ADOPTION_FORMATS, flags.format)
  const target = flags.write === undefined ? undefined : await adoptionTarget(flags.write)
  let written = false
  try {
    const asking = await askingFor(words, flags, signals)
    try {
      const adoption = await adoptHosts(asking.hosts, asking.connect, asking.bounds, asking.connection)
      const text = adoptionYaml(adoption, flags.write ?? 'FILE')
      if (target !== undefined && adopted(adoption).length > 0) {
        await target.write(text)
        written = true
      }
      const report = open(SCREEN)
      report.found(adoption, text, target)
      const check = await checkOf(adoption, asking, report, flags)
      report.ended(adoption, text, check)
      return statusOf(adoption, check)
    } finally {
      asking.close()
    }
  } finally {
    if (!written) await target?.giveUp()
  }
}

const adopted = ({ hosts }: Adoption): readonly AdoptedHost[] => hosts.filter(({ status }) => status === 'adopted')

interface Asking extends Connector, HostSelection {
  readonly hosts: Awaited<ReturnType<typeof hostsToAdopt>>
  readonly connection: Adoption['connection']
  readonly bounds: RunBounds
}

/** All that comes before the first connection. @throws MailrunError */
async function askingFor(words: readonly string[], flags: AdoptFlags, signals: Signals): Promise<Asking> {
  const named = namedHosts(words)
  if (named.length > 0 && flags.inventory !== undefined)
    throw new MailrunError('where an inventory is given, --limit names hosts of it: wanted are hosts, or -i')
  if (named.length === 0 && flags.inventory === undefined) throw new MailrunError(`no host was named; ${WANTED}`)
  const given = named.length > 0 ? [listOf(named)] : givenInventory(flags.inventory)
  const source = await fleetSource({ ...flags, inventory: given })
  const keyring = keyringFor(source)
  const extraVars = await readExtraVars(source.extraVars ?? [], keyring)
  const inventory = reachedAs(await readFleet(source, extraVars, undefined, keyring), named)
  const selection = { inventory, limit: flags.limit, extraVars, keyring }
  const hosts = await hostsToAdopt(selection)
  const { connect, close } = await connector(
    hosts.map(({ host }) => host),
    source,
  )
  signals.runBegins()
  return {
    ...selection,
    hosts,
    connect,
    close,
    connection: connectionVars(named, flags),
    bounds: { forks: affordableForks(flags.forks), interrupt: signals.interrupt, abandon: signals.abandon },
  }
}

async function checkOf(
  adoption: Adoption,
  asking: Asking,
  { checks }: AdoptionReport,
  { diff }: AdoptFlags,
): Promise<Checked> {
  if (adopted(adoption).length === 0 || asking.bounds.interrupt.aborted) return {}
  const report = checks(diff === true)
  const selection = { ...asking, inventory: adoptedInventory(asking.inventory, adoption), limit: undefined }
  try {
    return { checked: await checkAdoption(selection, asking.connect, asking.bounds, report) }
  } catch (error) {
    if (!(error instanceof MailrunError)) throw error
    return { wrong: error }
  }
}

/** The first that applies, as for a run. */
function statusOf({ hosts }: Adoption, { checked, wrong }: Checked): number {
  const some = (...words: readonly AdoptedHost['status'][]): boolean =>
    hosts.some(({ status }) => words.includes(status))
  const ofCheck = checked === undefined ? EXIT.satisfied : exitStatus(checked)
  if (some('interrupted', 'not-reached') || ofCheck === EXIT.interrupted) return EXIT.interrupted
  if (some('failed', 'refused') || wrong !== undefined || ofCheck === EXIT.failed) return EXIT.failed
  return some('unreachable') ? EXIT.unreachable : ofCheck
}
