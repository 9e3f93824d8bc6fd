// A lab's hosts by name.
import { fleet, type LabHost } from './fleet.ts'
import type { Lab } from './lab.ts'
import { LabError } from './lab-error.ts'
import { requireState } from './state.ts'

export async function findHosts(lab: Lab, names: readonly string[]): Promise<readonly LabHost[]> {
  const { size, tools } = await requireState(lab)
  const hosts = fleet(size, tools)
  return names.map((name) => {
    const host = hosts.find((each) => each.name === name)
    if (host !== undefined) return host
    const hint = name === 'verify' ? '; that one comes with "lab up --tools"' : ''
    throw new LabError(`the lab "${lab.name}" has no host ${name}, but ${hosts.map((each) => each.name).join(', ')}${hint}`)
  })
}

export async function findHost(lab: Lab, name: string): Promise<LabHost> {
  const [host] = await findHosts(lab, [name])
  if (host === undefined) throw new LabError(`no host ${name}`)
  return host
}
