// The jobs that contenders do (first run, nothing to do, check, one changed file), and the fleet on which they do them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LabStatus } from '../../lab/index.ts'
import type { Contender } from '../alternate.ts'
import { timed, type Command } from '../timed.ts'

export type Job = 'first run' | 'nothing to do' | 'check' | 'one changed file'

/** A lab that is up, and a folder for what contenders keep. */
export interface Fleet {
  readonly lab: LabStatus
  readonly folder: string
  readonly passwordFile: string
}

/** @param lab - with four hosts or more there is one that asks for a sudo password; the file is there in any case */
export async function withFleet<T>(
  lab: LabStatus,
  passwordFile: string,
  use: (fleet: Fleet) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-bench-'))
  try {
    return await use({ lab, folder, passwordFile })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * An address that /etc/dkimkeys/TrustedHosts has not held yet: each run of `one changed file` changes that file on
 * every host.
 */
export function anotherAddress(): string {
  last += 1
  return `10.${Math.floor(last / 62_500) % 250}.${Math.floor(last / 250) % 250}.${last % 250}`
}
let last = 0

/** As a contender whose command is timed; what it says is looked at, too. */
export function contender(
  who: string,
  turns: number,
  commandOf: () => Command,
  look: (stdout: string) => void,
): Contender {
  return {
    who,
    turns,
    async run() {
      const command = commandOf()
      const { seconds, cpuSeconds, stdout } = await timed(command)
      look(stdout)
      return { s: seconds, 'CPU s here': cpuSeconds }
    },
  }
}
