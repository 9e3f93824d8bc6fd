// Runs a script on one of the lab's name servers.
import { inHost } from '../hosts/in-host.ts'
import type { Lab } from '../lab.ts'
import { LabError } from '../lab-error.ts'
import { leader } from '../hosts/machine.ts'

/** A script as root on a name server; what it printed. @throws LabError with what it said where it fails. */
export async function onNameServer(lab: Lab, name: 'ns1' | 'ns2' | 'resolver', script: string): Promise<string> {
  const pid = leader(lab, { name })
  if (pid === undefined) throw new LabError(`${name} is down: mend the lab with "lab up"`)
  const { code, stdout, stderr } = await inHost(pid, script)
  if (code !== 0) throw new LabError(`${name}: ${`${stdout}${stderr}`.trim()}`)
  return stdout
}
