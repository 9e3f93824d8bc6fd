// What a run of playbooks/dkim.ts would change with the vars that were found: its check, with an inventory in memory.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { askServed, lookingFor } from '../../dns/served/ask-served.ts'
import type { Connect } from '../../engine/connection.ts'
import type { RunBounds } from '../../engine/ask-only.ts'
import { rollout } from '../../engine/rollout.ts'
import type { Reporter, RunResult } from '../../model/run-event.ts'
import { loadPlaybook } from '../../playbook/load-playbook.ts'
import { prepare } from '../../playbook/prepare.ts'
import { publicModules } from '../fleet/public-modules.ts'
import type { HostSelection } from '../fleet/question-hosts.ts'

const PLAYBOOK = 'playbooks/dkim.ts'

/** The project's own, else the package's. */
export function playbookPath(): string {
  if (existsSync(PLAYBOOK)) return PLAYBOOK
  return join(fileURLToPath(new URL('../../run/adopt', import.meta.resolve('mailrun/package.json'))), PLAYBOOK)
}

/** Nothing is changed. @throws MailrunError where the vars do not go together */
export async function checkAdoption(
  selection: HostSelection,
  connect: Connect,
  bounds: RunBounds,
  report: Reporter,
): Promise<RunResult> {
  const path = playbookPath()
  const playbook = await loadPlaybook(path, publicModules)
  const hosts = await prepare({ playbook, playbookPath: path, tags: [], skipTags: [], ...selection })
  return rollout(
    hosts,
    {
      playbook: playbook.name,
      check: true,
      ...bounds,
      serial: [],
      maxFail: undefined,
      askOutside: askServed(lookingFor()),
    },
    connect,
    report,
  )
}
