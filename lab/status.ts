// Reports the state of a lab and of its hosts.
import { fleet, type LabHost } from './fleet.ts'
import { inHost } from './hosts/in-host.ts'
import { becomePasswordPath, userKeyPath } from './access/keys.ts'
import type { Lab } from './lab.ts'
import { leader } from './hosts/machine.ts'
import { requireState, type LabState } from './state.ts'

export interface HostStatus extends LabHost {
  readonly address: string
  /** The output of `systemctl is-system-running`; `down` if its container does not run. */
  readonly system: string
  /** Units that failed. */
  readonly failed: readonly string[]
}

export interface LabStatus extends LabState {
  readonly name: string
  readonly hosts: readonly HostStatus[]
  readonly stateDir: string
  readonly inventoryPath: string
  readonly userKey: string
  /** Given only if a host of the lab asks for a password. */
  readonly becomePasswordFile: string | undefined
}

export async function status(lab: Lab): Promise<LabStatus> {
  const state = await requireState(lab)
  const hosts = fleet(state)
  return {
    ...state,
    name: lab.name,
    hosts: await Promise.all(hosts.map((host) => hostStatus(lab, host, state.subnet))),
    stateDir: lab.stateDir,
    inventoryPath: lab.inventoryPath,
    userKey: userKeyPath(lab),
    becomePasswordFile: hosts.some(({ sudo }) => sudo === 'password') ? becomePasswordPath(lab) : undefined,
  }
}

async function hostStatus(lab: Lab, host: LabHost, subnet: string): Promise<HostStatus> {
  const address = `${subnet}.${host.number}`
  const pid = leader(lab, host)
  if (pid === undefined) return { ...host, address, system: 'down', failed: [] }
  const { stdout } = await inHost(pid, 'systemctl is-system-running; systemctl list-units --failed --plain --no-legend')
  const [system = '', ...failed] = stdout.trim().split('\n')
  return { ...host, address, system, failed: failed.flatMap((line) => line.split(' ')[0] ?? []) }
}

/** The status as text, a line for each host. A pure function. */
export function statusText(status: LabStatus): string {
  const rows = status.hosts.map((host) => {
    const reached = `${host.user}${host.sudo === 'no' ? '' : host.sudo === 'free' ? ', sudo' : ', sudo with password'}`
    return [host.name, host.address, host.profile, host.release, reached, [host.system, ...host.failed].join(' ')]
  })
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const wire = [
    ...(status.rttMs > 0 ? [`${status.rttMs} ms round trip`] : []),
    ...(status.lossPercent > 0 ? [`${status.lossPercent} % loss each way`] : []),
  ]
  return [
    ...rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    '',
    `inventory      ${status.inventoryPath}`,
    ...(status.becomePasswordFile === undefined ? [] : [`sudo password  ${status.becomePasswordFile}`]),
    `user key       ${status.userKey}`,
    `wire           ${wire.length === 0 ? 'straight' : wire.join(', ')}`,
    '',
  ].join('\n')
}
