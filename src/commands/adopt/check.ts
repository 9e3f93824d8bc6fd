// Checks what a run would change with the adopted vars: runs the check of a playbook, with an inventory in memory.
import { askServed, lookingFor } from '../../dns/served/ask-served.ts'
import type { Connect } from '../../engine/session/connection.ts'
import type { RunBounds } from '../../engine/ask-only.ts'
import { rollout } from '../../engine/rollout.ts'
import type { Reporter, RunResult } from '../../core/run-event.ts'
import { loadPlaybook } from '../../playbook/load-playbook.ts'
import { prepare } from '../../playbook/prepare.ts'
import { playbookFile } from '../../playbook/shipped.ts'
import { publicModules } from '../fleet/public-modules.ts'
import type { HostSelection } from '../fleet/question-hosts.ts'

/** Changes nothing. @throws MailrunError if the vars contradict each other */
export async function checkAdoption(
  path: string,
  selection: HostSelection,
  connect: Connect,
  bounds: RunBounds,
  report: Reporter,
): Promise<RunResult> {
  const file = playbookFile(path)
  const playbook = await loadPlaybook(file, publicModules)
  const hosts = await prepare({ playbook, playbookPath: file, tags: [], skipTags: [], ...selection })
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
