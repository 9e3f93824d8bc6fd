// `adopt`: asks existing hosts how they are set up, writes the inventory with which a run changes as little as
// possible, and checks what such a run would change. Nothing is written on any host.
import type { Connect } from '../../engine/session/connection.ts'
import type { Adoption, AdoptedHost } from '../../mail/adoption.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { RunEvent } from '../../core/run-event.ts'
import { checkPlaybookPath } from '../../playbook/load-playbook.ts'
import { playbookFile } from '../../playbook/shipped.ts'
import { adoptionYaml } from '../../report/adoption/inventory.ts'
import type { Adopted, Checked, PlaybookChoice, InventoryFile } from '../../report/adoption/format.ts'
import { openFleet, type Fleet, type FleetRequest } from '../fleet/open-fleet.ts'
import { adoptedInventory, adoptHosts, hostsToAdopt } from './adopt-hosts.ts'
import { adoptionTarget, type AdoptionTarget } from './adoption-target.ts'
import { checkAdoption } from './check.ts'
import { playbookChoice } from './playbook-choice.ts'
import { connectionVars, listOf, namedHosts, reachedAs, WANTED, type NamedHost } from './named-hosts.ts'
import { reportedNotes } from './reported-notes.ts'

export interface AdoptRequest extends Omit<FleetRequest, 'inventory'> {
  /** Hosts as ssh takes them: `root@mx1.example.org:2222`. They, or an inventory, are wanted. */
  readonly hosts?: readonly string[] | undefined
  readonly inventory?: FleetRequest['inventory'] | undefined
  /** A new file for the inventory that is made; one that is there stays as it is. */
  readonly write?: string | undefined
  /** A playbook file, whose check it is; left out: it is chosen by the inventory. */
  readonly playbook?: string | undefined
  readonly onEvent?: ((event: AdoptEvent) => void) | undefined
}

export type AdoptEvent =
  /** Hosts were looked at. @param file - of `write`; `before`: its text, where it was there, which stays. */
  | {
      readonly kind: 'found'
      readonly adoption: Adoption
      readonly inventory: string
      readonly file: InventoryFile | undefined
    }
  /** The check begins, of a run with the vars that were found. */
  | { readonly kind: 'checking'; readonly playbook: PlaybookChoice }
  | { readonly kind: 'check'; readonly event: RunEvent }

export type { Adopted }

/** @throws MailrunError before any host is touched */
export async function adopt(request: AdoptRequest): Promise<Adopted> {
  const target = request.write === undefined ? undefined : await adoptionTarget(request.write)
  try {
    return await adoptInto(target, request)
  } finally {
    await target?.giveUp()
  }
}

async function adoptInto(target: AdoptionTarget | undefined, request: AdoptRequest): Promise<Adopted> {
  const { onEvent = () => {} } = request
  const named = namedHosts(request.hosts ?? [])
  if (request.playbook !== undefined) await checkPlaybookPath(playbookFile(request.playbook))
  const fleet = await fleetOf(named, request)
  const hosts = await hostsToAdopt(fleet)
  const connect = await fleet.reach(hosts.map(({ host }) => host))
  try {
    const { bounds, isReported } = reportedNotes(fleet.bounds)
    const adoption = await adoptHosts(hosts, connect, bounds, connectionVars(named, request))
    const playbook = playbookChoice(
      request.playbook,
      hosts.map(({ host }) => host),
    )
    const inventory = adoptionYaml(adoption, request.write ?? 'FILE', playbook.path)
    if (hasAdopted(adoption)) await target?.write(inventory)
    onEvent({ kind: 'found', adoption, inventory, file: target })
    const report = (event: AdoptEvent): void => {
      if (event.kind !== 'check' || !isReported(event.event)) onEvent(event)
    }
    return { adoption, inventory, playbook, ...(await checkOf(adoption, playbook, fleet, connect, report)) }
  } finally {
    fleet.close()
  }
}

const hasAdopted = ({ hosts }: Adoption): boolean => hosts.some(({ status }: AdoptedHost) => status === 'adopted')

/** @throws MailrunError */
async function fleetOf(named: readonly NamedHost[], request: AdoptRequest): Promise<Fleet> {
  if (named.length > 0 && request.inventory !== undefined)
    throw new MailrunError('where an inventory is given, --limit names hosts of it: wanted are hosts, or -i')
  const given = named.length > 0 ? [listOf(named)] : request.inventory
  if (given === undefined) throw new MailrunError(`no host was named; ${WANTED}`)
  const fleet = await openFleet({ ...request, inventory: given })
  return { ...fleet, inventory: reachedAs(fleet.inventory, named) }
}

async function checkOf(
  adoption: Adoption,
  playbook: PlaybookChoice,
  fleet: Fleet,
  connect: Connect,
  onEvent: (event: AdoptEvent) => void,
): Promise<Checked> {
  if (!hasAdopted(adoption) || fleet.bounds.interrupt.aborted) return {}
  onEvent({ kind: 'checking', playbook })
  const selection = { ...fleet, inventory: adoptedInventory(fleet.inventory, adoption), limit: undefined }
  try {
    const report = (event: RunEvent): void => onEvent({ kind: 'check', event })
    return { checked: await checkAdoption(playbook.path, selection, connect, fleet.bounds, report) }
  } catch (error) {
    if (!(error instanceof MailrunError)) throw error
    return { wrong: error }
  }
}
