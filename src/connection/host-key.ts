// Decides on a host key: only one that known_hosts has for the host is accepted.
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { SshSettings } from './ssh-settings.ts'
import { fingerprint, knownKeys, typeOfKey, type KnownKey } from './known-hosts.ts'

export interface HostKeyCheck {
  /** Key types to ask the host for first: those that are known. */
  readonly types: readonly string[]
  /** Why a key is refused; `undefined`: it is the host's. */
  refusal(key: Buffer): string | undefined
}

/** Reads the files now, so that a key added since the last connection counts. */
export function hostKeyCheck(settings: SshSettings): HostKeyCheck {
  const name = settings.port === 22 ? settings.hostName : `[${settings.hostName}]:${settings.port}`
  const files = settings.knownHostsFiles.length > 0 ? settings.knownHostsFiles : [join(homedir(), '.ssh/known_hosts'), '/etc/ssh/ssh_known_hosts']
  const known = files.flatMap((file) => knownKeys(read(file), file, name))
  const good = known.filter(({ revoked }) => !revoked)
  return {
    types: [...new Set(good.map(({ type }) => type))],
    refusal: (key) => refusal(key, name, settings, known, files),
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function refusal(key: Buffer, name: string, settings: SshSettings, known: readonly KnownKey[], files: readonly string[]): string | undefined {
  const type = typeOfKey(key)
  const same = known.filter((each) => each.key === key.toString('base64'))
  const shown = `${type} ${fingerprint(key)}`
  const revoked = same.find((each) => each.revoked)
  if (revoked) return `the host key of ${name} is REVOKED (${revoked.where}): ${shown}`
  if (same.length > 0) return undefined
  const others = known.filter((each) => !each.revoked)
  if (others.length === 0) {
    const port = settings.port === 22 ? '' : `-p ${settings.port} `
    return `the host key of ${name} is not known: ${shown}\ncompare it with the one on the host, and add it: ssh-keyscan ${port}${settings.hostName} >> ${files[0] ?? ''}`
  }
  const listed = others.map((each) => `${each.type} ${fingerprint(Buffer.from(each.key, 'base64'))} (${each.where})`).join(', ')
  return `the host key of ${name} has CHANGED: someone may be listening in, or the host was installed anew\nit shows ${shown}\nknown is ${listed}`
}
