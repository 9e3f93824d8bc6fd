// The lab's network: a bridge without a way out, and for each host a network namespace that is connected to it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabHost } from '../fleet.ts'
import type { Lab } from '../lab.ts'
import { LabError } from '../lab-error.ts'
import { local, localFed } from '../local.ts'
import { ipv6 } from '../internet/names.ts'
import { subnetsOfOthers } from '../state.ts'

/** Every link's name fits the kernel's 15 characters. */
export const bridge = (lab: Lab): string => `${lab.prefix}-br`
const namespace = (lab: Lab, host: Pick<LabHost, 'name'>): string => `${lab.prefix}-${host.name}`
export const namespacePath = (lab: Lab, host: Pick<LabHost, 'name'>): string => join('/run/netns', namespace(lab, host))
const portOf = (lab: Lab, host: LabHost): string => `${lab.prefix}-${host.number}`

/**
 * Takes a /24 of 10.231 for a new lab. Its bridge has the first address from now on, so that labs whose state lies
 * below another directory see that it is taken.
 */
export async function takeSubnet(lab: Lab): Promise<string> {
  const subnet = await freeSubnet(lab)
  await ensureBridge(lab)
  await ipBatch([`address replace ${subnet}.1/24 dev ${bridge(lab)}`])
  return subnet
}

/** A /24 of 10.231 that neither another lab nor this machine uses. */
async function freeSubnet(lab: Lab): Promise<string> {
  const here = `${await local`ip -4 -oneline address show`}\n${await local`ip -4 route show`}`
  const taken = new Set([
    ...(await subnetsOfOthers(lab)),
    ...[...here.matchAll(/\b(10\.231\.\d+)\./g)].map((match) => match[1]),
  ])
  for (let third = 0; third < 256; third += 1) {
    const subnet = `10.231.${third}`
    if (!taken.has(subnet)) return subnet
  }
  throw new LabError(
    'every network of 10.231.0.0/16 is taken: remove labs that you no longer need with "lab down --name NAME"',
  )
}

/** Makes the bridge where it is missing. */
export async function ensureBridge(lab: Lab): Promise<void> {
  const name = bridge(lab)
  await ipBatch([...(links().has(name) ? [] : [`link add ${name} type bridge`]), `link set ${name} up`])
}

/** Makes the host's namespace and its two link ends with its addresses, again where one of them is missing. */
export async function ensureHostLink(lab: Lab, host: LabHost, subnet: string, withIpv6: boolean): Promise<void> {
  const [port, space] = [portOf(lab, host), namespace(lab, host)]
  // All of it again where both ends are there: an `up` that was killed may have left an end bare.
  const joined = [
    `link set ${port} master ${bridge(lab)} up`,
    `-n ${space} link set lo up`,
    `-n ${space} address replace ${subnet}.${host.number}/24 dev host0`,
    `-n ${space} link set host0 up`,
    ...(withIpv6 ? [`-n ${space} address replace ${ipv6(subnet, host.number)}/64 dev host0 nodad`] : []),
  ]
  if ((await namespaces(lab)).includes(space) && links().has(port)) return ipBatch(joined)
  await removeHostLink(lab, host)
  await ipBatch([`netns add ${space}`, `link add ${port} type veth peer name host0 netns ${space}`, ...joined])
}

/** Unplugs or plugs the host's cable. */
export async function setHostLink(lab: Lab, host: LabHost, up: boolean): Promise<void> {
  await ipBatch([`link set ${portOf(lab, host)} ${up ? 'up' : 'down'}`])
}

/** The controller's address may have moved to another link: all hosts forget where it was. */
export async function forgetNeighbours(lab: Lab): Promise<void> {
  await ipBatch((await namespaces(lab)).map((space) => `-n ${space} neigh flush all`))
}

export async function removeHostLink(lab: Lab, host: Pick<LabHost, 'name' | 'number'>): Promise<void> {
  const [port, space] = [`${lab.prefix}-${host.number}`, `${lab.prefix}-${host.name}`]
  await local`ip link delete ${port} 2>/dev/null || true; ip netns delete ${space} 2>/dev/null || true`
}

/** Removes everything whose name begins with the lab's prefix. */
export async function removeNetwork(lab: Lab): Promise<void> {
  for (const link of links())
    if (link.startsWith(`${lab.prefix}-`)) await local`ip link delete ${link} 2>/dev/null || true`
  for (const space of await namespaces(lab)) await local`ip netns delete ${space}`
}

async function namespaces(lab: Lab): Promise<readonly string[]> {
  const names = (await local`ip netns list`).split('\n').map((line) => line.split(' ')[0] ?? '')
  return names.filter((name) => name.startsWith(`${lab.prefix}-`))
}

/** Names of this machine's links. */
export function links(): ReadonlySet<string> {
  const table = readFileSync('/proc/net/dev', 'utf8')
  return new Set(
    table
      .split('\n')
      .slice(2)
      .flatMap((line) => /^\s*([^\s:]+):/.exec(line)?.[1] ?? []),
  )
}

/** One `ip` per line: a line of ip's own -batch mode cannot name a namespace. */
export async function ipBatch(commands: readonly string[]): Promise<void> {
  if (commands.length === 0) return
  await localFed(commands.map((command) => `ip ${command}\n`).join(''))`sh -eu`
}
