// The jobs that contenders do (first run, nothing to do, check, one changed file), and the fleet on which they do them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMailHost } from '../../lab/fleet.ts'
import type * as Lab from '../../lab/index.ts'
import type { Contender } from '../alternate.ts'
import { withController, type Controller } from '../controller.ts'
import { timed, type Command } from '../timed.ts'

export type Job = 'first run' | 'nothing to do' | 'check' | 'one changed file'

/** A lab that is up, the controller of all contenders, and a folder for what they keep. */
export interface Fleet {
  readonly lab: Lab.LabStatus
  /** Those that the job is done on: without the controller. */
  readonly hosts: Lab.LabStatus['hosts']
  readonly controller: Controller
  readonly folder: string
  /** With four hosts or more there is one that asks for a sudo password; the file is there in any case. */
  readonly passwordFile: string
  readonly playbooks: Playbooks
}

/** What the contenders are given to do, from the repository's root. */
export interface Playbooks {
  readonly mailrun: string
  readonly ansible: string
}

export async function withFleet<T>(
  lab: typeof Lab,
  playbooks: Playbooks,
  use: (fleet: Fleet) => Promise<T>,
): Promise<T> {
  const status = await lab.labStatus()
  const hosts = status.hosts.filter(isMailHost)
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-bench-'))
  try {
    return await withController(lab, folder, (controller) =>
      use({ lab: status, hosts, controller, folder, passwordFile: lab.becomePasswordFile, playbooks }),
    )
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

/** As a contender whose command is timed on the controller; what it says is looked at, too. */
export function contender(
  who: string,
  { controller }: Fleet,
  turns: number,
  commandOf: () => Command,
  look: (stdout: string) => void,
): Contender {
  return {
    who,
    turns,
    async run() {
      const command = commandOf()
      const { seconds, cpuSeconds, stdout } = await timed(controller.there(command))
      look(stdout)
      return { s: seconds, 'CPU s here': cpuSeconds }
    },
  }
}
