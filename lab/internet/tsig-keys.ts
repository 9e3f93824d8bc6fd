// The lab's TSIG keys (RFC 8945), as files for nsupdate -k and dig -k. They are made once, and stay the same after
// `reset`.
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lab } from '../lab.ts'

/** `lab` may change anything and transfer zones; `mailrun` only the names of mail's records. */
export type TsigKeyName = 'lab' | 'mailrun'

export const tsigKeyPath = (lab: Lab, name: TsigKeyName): string => join(lab.stateDir, `${name}.key`)

export async function ensureTsigKeys(lab: Lab): Promise<void> {
  for (const name of ['lab', 'mailrun'] as const) {
    const text = `key "${name}." {\n\talgorithm hmac-sha256;\n\tsecret "${randomBytes(32).toString('base64')}";\n};\n`
    if (!existsSync(tsigKeyPath(lab, name))) await writeFile(tsigKeyPath(lab, name), text, { mode: 0o600 })
  }
}

/** Both, for named's configuration. */
export async function tsigKeysText(lab: Lab): Promise<string> {
  return (await readFile(tsigKeyPath(lab, 'lab'), 'utf8')) + (await readFile(tsigKeyPath(lab, 'mailrun'), 'utf8'))
}
