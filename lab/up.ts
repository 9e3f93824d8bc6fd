// Brings a lab to the wanted size and state, whatever exists of it.
import { mkdir, readdir } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { prepareController } from './controller.ts'
import { MAX_HOSTS, fleet, type LabHost } from './fleet.ts'
import { atMost } from './at-most.ts'
import { ensureHost, removeHost } from './hosts/host.ts'
import { ensureImage } from './image/build-image.ts'
import { partsFor } from './image/image.ts'
import { internetDigest } from './internet/recipe.ts'
import { pythonDigest } from './image/recipe.ts'
import { DEFAULT_RELEASE, type Release } from './image/releases.ts'
import { writeInventory } from './access/inventory.ts'
import { ensureLabKeys, writeKnownHosts } from './access/keys.ts'
import { mendInternet } from './internet/mend-internet.ts'
import { ensureTsigKeys } from './internet/tsig-keys.ts'
import type { Lab } from './lab.ts'
import { LabError } from './lab-error.ts'
import { addIpv6, setWire, wireStands, type Wire } from './network/latency.ts'
import { lockPath, SUBNETS_LOCK, withLock } from './lock.ts'
import { bridge, ensureBridge, links, takeSubnet } from './network/network.ts'
import { say } from './say.ts'
import { siteOf } from './hosts/site.ts'
import { writeSshConfig } from './access/ssh-config.ts'
import { readState, writeState, type LabState } from './state.ts'

/** More at once would only wait for two processors. */
export const AT_ONCE = 4

export interface UpOptions {
  /** Mail hosts, mx1 … mxN. */
  readonly size: number
  /** Also the host `verify`, with BIND and verifiers. A lab that has it keeps it. */
  readonly tools: boolean
  /** Also name servers, a resolver and a receiver of mail. A lab that has them keeps them; left out: as it is. */
  readonly internet?: boolean
  /** Python on the mail hosts, for tools that need it there. A lab that has it keeps it; left out: as it is. */
  readonly python?: boolean
  /** Over which the hosts are spread; left out: as it is, and the default in a new lab. */
  readonly releases?: readonly Release[]
  /** `undefined` leaves the wire as it is; a new lab has a straight one. */
  readonly wire: Wire | undefined
}

/**
 * Does nothing to hosts that are well, starts dead ones with the files that they have, makes missing ones and removes
 * those beyond the size.
 *
 * @throws LabError where this machine cannot host a lab, or a host does not come up.
 */
export async function up(lab: Lab, options: UpOptions): Promise<void> {
  if (!Number.isInteger(options.size) || options.size < 1 || options.size > MAX_HOSTS)
    throw new LabError(`a lab has 1 to ${MAX_HOSTS} hosts, not ${options.size}`)
  await prepareController()
  if (options.internet === true && !existsSync('/proc/net/if_inet6'))
    throw new LabError(
      'hosts of a lab with --internet have IPv6 addresses, and this kernel has no IPv6: boot it without ipv6.disable=1',
    )
  await withLock(lockPath(lab), async () => {
    const before = await readState(lab)
    const state = await chooseState(lab, options, before)
    const { subnet } = state
    const internet = state.internet !== undefined
    const wire = { rttMs: state.rttMs, lossPercent: state.lossPercent }
    await ensureLabKeys(lab)
    if (internet) await ensureTsigKeys(lab)
    await removeSurplus(lab, fleet(state))
    const sameWire = before?.rttMs === wire.rttMs && before.lossPercent === wire.lossPercent && wireStands(lab, wire)
    const bridged = links().has(bridge(lab))
    await ensureBridge(lab)
    if (!sameWire || !bridged) await setWire(lab, subnet, wire)
    if (internet) await addIpv6(lab, subnet, wire)
    await ensureHosts(lab, state, AT_ONCE)
    await mendInternet(lab, state)
  })
}

/** What the lab is to be, with the images for it, written down. */
async function chooseState(lab: Lab, options: UpOptions, before: LabState | undefined): Promise<LabState> {
  const wire = options.wire ?? before ?? { rttMs: 0, lossPercent: 0 }
  const python = options.python === true || before?.python !== undefined
  const internet = options.internet === true || before?.internet !== undefined
  const shape = {
    size: options.size,
    tools: options.tools || (before?.tools ?? false),
    releases: options.releases ?? before?.releases ?? [DEFAULT_RELEASE],
    internet: internet ? internetDigest() : undefined,
    python: python ? pythonDigest() : undefined,
  }
  const images = await ensureImages(lab, fleet(shape), python)
  // Chosen and taken by one lab at a time: two that came up together had the same.
  return withLock(SUBNETS_LOCK, async () => {
    const subnet = before?.subnet ?? (await takeSubnet(lab))
    const chosen = { ...shape, images, subnet, rttMs: wire.rttMs, lossPercent: wire.lossPercent }
    await writeState(lab, chosen)
    return chosen
  })
}

/** The digests of the images that these hosts are made of. */
async function ensureImages(lab: Lab, hosts: readonly LabHost[], python: boolean): Promise<LabState['images']> {
  const images: Partial<Record<Release, string>> = {}
  for (const release of new Set(hosts.map((host) => host.release)))
    images[release] = (await ensureImage(lab, release, partsFor(hosts, release, python))).digest
  return images
}

/** Makes all hosts well, a few at once; one that fails does not stop the others. */
async function ensureHosts(lab: Lab, state: LabState, atOnce: number): Promise<void> {
  const hosts = fleet(state)
  const site = siteOf(lab, state)
  await atMost(atOnce, hosts, async (host) => {
    const done = await ensureHost(site, host)
    if (done !== 'well') say(`${host.name} ${done}`)
  })
  await writeKnownHosts(lab, hosts, state.subnet)
  await writeSshConfig(lab, hosts, state.subnet)
  await writeInventory(lab, hosts, state)
}

async function removeSurplus(lab: Lab, hosts: readonly LabHost[]): Promise<void> {
  const dir = join(lab.stateDir, 'hosts')
  await mkdir(dir, { recursive: true, mode: 0o755 })
  for (const name of await readdir(dir)) {
    if (hosts.some((host) => host.name === name)) continue
    const number = 10 + Number(/^mx(\d+)$/.exec(name)?.[1] ?? -1)
    await removeHost(lab, { name, number })
    say(`${name} removed`)
  }
}
