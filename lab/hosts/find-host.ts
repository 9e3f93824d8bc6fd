// Finds a host of a lab by its name.
import { INTERNET_HOSTS, TOOLS_HOST, fleet, type LabHost } from '../fleet.ts'
import type { Lab } from '../lab.ts'
import { LabError } from '../lab-error.ts'
import { requireState } from '../state.ts'

export async function findHosts(lab: Lab, names: readonly string[]): Promise<readonly LabHost[]> {
  const hosts = fleet(await requireState(lab))
  return names.map((name) => {
    const host = hosts.find((each) => each.name === name)
    if (host !== undefined) return host
    const flag =
      name === TOOLS_HOST ? '--tools' : INTERNET_HOSTS.some((each) => each === name) ? '--internet' : undefined
    const hint = flag === undefined ? '' : `; that one comes with "lab up ${flag}"`
    throw new LabError(
      `the lab "${lab.name}" has no host ${name}, but ${hosts.map((each) => each.name).join(', ')}${hint}`,
    )
  })
}

export async function findHost(lab: Lab, name: string): Promise<LabHost> {
  const [host] = await findHosts(lab, [name])
  if (host === undefined) throw new LabError(`no host ${name}`)
  return host
}
