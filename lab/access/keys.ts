// The keys and the password of a lab. They are made once, and stay the same after `reset`.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabHost } from '../fleet.ts'
import type { Lab } from '../lab.ts'
import { local } from '../local.ts'

export const userKeyPath = (lab: Lab): string => join(lab.stateDir, 'id_ed25519')
export const knownHostsPath = (lab: Lab): string => join(lab.stateDir, 'known_hosts')
export const becomePasswordPath = (lab: Lab): string => join(lab.stateDir, 'become-password')
export const hostKeyPath = (lab: Lab, host: LabHost): string =>
  join(lab.stateDir, 'keys', host.name, 'ssh_host_ed25519_key')
const machineIdPath = (lab: Lab, host: LabHost): string => join(lab.stateDir, 'keys', host.name, 'machine-id')

/** The key that opens the hosts, and the password that sudo asks for on mx3. */
export async function ensureLabKeys(lab: Lab): Promise<void> {
  await ensureKey(userKeyPath(lab), 'mailrun-lab')
  if (!existsSync(becomePasswordPath(lab)))
    await writeFile(becomePasswordPath(lab), `${randomBytes(12).toString('hex')}\n`, { mode: 0o600 })
}

export async function ensureHostKeys(lab: Lab, host: LabHost): Promise<void> {
  await mkdir(join(lab.stateDir, 'keys', host.name), { recursive: true, mode: 0o700 })
  await ensureKey(hostKeyPath(lab, host), host.name)
  if (!existsSync(machineIdPath(lab, host)))
    await writeFile(machineIdPath(lab, host), `${randomBytes(16).toString('hex')}\n`)
}

export const machineId = (lab: Lab, host: LabHost): Promise<string> => readFile(machineIdPath(lab, host), 'utf8')

export async function writeKnownHosts(lab: Lab, hosts: readonly LabHost[], subnet: string): Promise<void> {
  const lines = await Promise.all(
    hosts.map(async (host) => {
      const [type, key] = (await readFile(`${hostKeyPath(lab, host)}.pub`, 'utf8')).split(' ')
      return `${subnet}.${host.number} ${type} ${key}\n`
    }),
  )
  await writeFile(knownHostsPath(lab), lines.join(''))
}

/** A key file that a killed ssh-keygen left without its public half is made again. */
async function ensureKey(path: string, comment: string): Promise<void> {
  if (existsSync(path) && existsSync(`${path}.pub`)) return
  await local`rm -f -- ${path} ${path}.pub`
  await local`ssh-keygen -q -t ed25519 -N ${''} -C ${comment} -f ${path}`
}
