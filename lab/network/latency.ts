// Round-trip time and loss between the controller and the hosts, without netem: vde2's wirefilter(1) between two
// switches with a tap each.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { prepareWire } from '../controller.ts'
import { ipv6 } from '../internet/names.ts'
import type { Lab } from '../lab.ts'
import { LabError } from '../lab-error.ts'
import { bridge, forgetNeighbours, ipBatch, links } from './network.ts'
import { endProcesses, processesBelow } from '../hosts/processes.ts'

export interface Wire {
  /** Added to the time of a round trip, half of it each way. */
  readonly rttMs: number
  /** Of the packets, each way, 0 to 100. */
  readonly lossPercent: number
}

/**
 * Puts the controller at the end of such a wire, or straight on the bridge when both are 0. Between hosts nothing
 * changes.
 *
 * @throws LabError when a program of vde2 does not start.
 */
export async function setWire(lab: Lab, subnet: string, wire: Wire): Promise<void> {
  const [ours, theirs] = [`${lab.prefix}-c`, `${lab.prefix}-h`]
  await endProcesses(() => processesBelow(lab.runDir))
  await rm(lab.runDir, { recursive: true, force: true })
  if (isStraight(wire)) {
    await ipBatch([`address replace ${subnet}.1/24 dev ${bridge(lab)}`])
    return forgetNeighbours(lab)
  }
  await prepareWire()
  await mkdir(lab.runDir, { recursive: true, mode: 0o700 })
  const [near, far] = [join(lab.runDir, 'c'), join(lab.runDir, 'h')]
  start('vde_switch', ['--sock', near, '--tap', ours])
  start('vde_switch', ['--sock', far, '--tap', theirs])
  const listens = (): boolean => [near, far].every((directory) => existsSync(join(directory, 'ctl')))
  const linked = (): boolean => [ours, theirs].every((link) => links().has(link))
  await until('vde_switch', () => listens() && linked())
  const loss = wire.lossPercent === 0 ? [] : ['--loss', String(wire.lossPercent)]
  start('wirefilter', ['--vde-plug', `${near}:${far}`, '--delay', String(wire.rttMs / 2), ...loss])
  await ipBatch([
    `address flush dev ${bridge(lab)}`,
    `link set ${theirs} master ${bridge(lab)} up`,
    `link set ${ours} up`,
    `address replace ${subnet}.1/24 dev ${ours}`,
  ])
  await forgetNeighbours(lab)
}

/** The controller's link to the hosts. */
export const controllerLink = (lab: Lab, wire: Wire): string => (isStraight(wire) ? bridge(lab) : `${lab.prefix}-c`)

/** Gives the controller an IPv6 address at that end, too. */
export async function addIpv6(lab: Lab, subnet: string, wire: Wire): Promise<void> {
  await ipBatch([`-6 address replace ${ipv6(subnet, 1)}/64 dev ${controllerLink(lab, wire)} nodad`])
}

/** Whether what makes such a wire is all there. */
export function wireStands(lab: Lab, wire: Wire): boolean {
  const running = processesBelow(lab.runDir).length
  return isStraight(wire) ? running === 0 : running === 3 && links().has(`${lab.prefix}-c`)
}

function isStraight({ rttMs, lossPercent }: Wire): boolean {
  return rttMs === 0 && lossPercent === 0
}

function start(program: string, args: readonly string[]): void {
  // They read commands from standard input, and end with it: a pipe that nobody writes to stays silent.
  spawn(
    'sh',
    [
      '-c',
      'mkfifo -m 600 "$0" && exec 3<>"$0" && rm "$0" && exec "$@" <&3 3<&-',
      join('/run/mailrun-lab', `stdin-${process.pid}-${Math.random()}`),
      program,
      ...args,
    ],
    {
      detached: true,
      cwd: '/',
      stdio: 'ignore',
    },
  ).unref()
}

async function until(program: string, ready: () => boolean): Promise<void> {
  for (let tenth = 0; tenth < 100; tenth += 1) {
    if (ready()) return
    await sleep(100)
  }
  throw new LabError(
    `${program} (of vde2) did not start within 10 s: try it by hand, and see whether /dev/net/tun exists`,
  )
}
