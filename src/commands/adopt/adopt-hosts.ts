// Asks existing hosts how they are set up, in one trip each, and makes vars from their answers. Nothing is written.
import * as v from 'valibot'
import type { Connect } from '../../engine/session/connection.ts'
import { askOnly, type RunBounds } from '../../engine/ask-only.ts'
import type { AdoptedHost, Adoption } from '../../mail/adoption.ts'
import type { Inventory } from '../../core/fleet/inventory.ts'
import type { MailSetup } from '../../mail/mail-setup.ts'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import type { HostResult } from '../../core/run-event.ts'
import { hostInspection } from '../../signers/inspections.ts'
import { hostSigner, signerVars } from '../../signers/signers.ts'
import { outgoingAddresses, type OutgoingAddresses } from '../../resources/postfix/outgoing-addresses.ts'
import { questionHosts, type HostSelection } from '../fleet/question-hosts.ts'
import { fleetVars } from './fleet-vars.ts'
import { hostVars } from './host-vars.ts'

/** The group that the playbooks are for. */
export const GROUP = 'mail'

/** Those that are named, else those of the group `mail` where there is one. @throws MailrunError */
export async function hostsToAdopt(selection: HostSelection): Promise<readonly PreparedHost[]> {
  const limit = selection.limit ?? (selection.inventory.groups.has(GROUP) ? GROUP : undefined)
  const { hosts } = await questionHosts('adopt', v.object(signerVars), { ...selection, limit }, ({ vars }) => ({
    setup: hostInspection(vars).setup,
    texts: hostInspection(vars).texts,
    outgoing: outgoingAddresses,
  }))
  return hosts
}

export async function adoptHosts(
  hosts: readonly PreparedHost[],
  connect: Connect,
  bounds: RunBounds,
  connection: Adoption['connection'],
): Promise<Adoption> {
  const said = new Map(hosts.map(({ host }) => [host.name, host.vars]))
  const { hosts: results } = await askOnly('adopt', hosts, connect, bounds)
  const adopted = results.map((result) => adoptedHost(result, said.get(result.name)!))
  return fleetVars(
    adopted,
    hosts.map(({ host }) => host),
    connection,
  )
}

function adoptedHost({ name, status, error, outputs }: HostResult, said: PreparedHost['host']['vars']): AdoptedHost {
  const none = { name, vars: [], choices: [], left: [] }
  const { setup, texts, outgoing } = outputs as {
    readonly texts?: unknown
    readonly setup?: MailSetup | null
    readonly outgoing?: OutgoingAddresses | null
  }
  if (status !== 'ok' || !setup) {
    const silent = status === 'unreachable' || status === 'interrupted' || status === 'not-reached' ? status : 'failed'
    return { ...none, status: silent, error: error ?? 'it did not answer' }
  }
  if (setup.problem !== undefined) return { ...none, status: 'failed', error: setup.problem }
  const { packages, parameters, postfix } = setup
  const choice = { dkim_signer: said.get('dkim_signer')?.value as string | undefined }
  const signer = hostSigner(choice)
  if (texts === undefined || texts === null)
    return { ...none, status: 'failed', error: `its configuration of ${signer.title} could not be read` }
  const today = hostInspection(choice).today(texts)
  return hostVars({ name, said, signer, today, packages, parameters, postfix, outgoing: outgoing ?? undefined })
}

/** As if the vars were in it: those hosts alone, in the group. */
export function adoptedInventory(inventory: Inventory, { hosts, shared }: Adoption): Inventory {
  const by = new Map(hosts.flatMap((host) => (host.status === 'adopted' ? [[host.name, host]] : [])))
  const members = inventory.hosts.filter(({ name }) => by.has(name))
  const names = members.map(({ name }) => name)
  const kept = (list: readonly string[]): readonly string[] => list.filter((name) => by.has(name))
  const groups = [...inventory.groups].map(
    ([name, group]) => [name, { ...group, hosts: kept(group.hosts), members: kept(group.members) }] as const,
  )
  const mail = { name: GROUP, hosts: names, children: [], members: names, vars: new Map() }
  return {
    hosts: members.map((host) => ({
      ...host,
      groups: [...new Set([...host.groups, GROUP])],
      vars: new Map([
        ...host.vars,
        ...[...shared, ...by.get(host.name)!.vars].map(
          ({ name, value }) => [name, { value, where: 'mailrun adopt' }] as const,
        ),
      ]),
    })),
    names: kept(inventory.names),
    groups: new Map([...groups, [GROUP, mail]]),
  }
}
