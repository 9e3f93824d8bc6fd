// Carries out the steps of a rotation on hosts, as a run of its own.
import type { RunBounds } from '../../engine/ask-only.ts'
import type { Connect } from '../../engine/session/connection.ts'
import { askNobody } from '../../engine/outside.ts'
import { rollout } from '../../engine/rollout.ts'
import type { Probe } from '../../core/probe/probe.ts'
import type { HostResult } from '../../core/run-event.ts'
import { prepare } from '../../playbook/prepare.ts'
import type { HostSelection } from '../fleet/question-hosts.ts'
import { onlyWith } from '../mail-fleet/mail-fleet-of.ts'
import { stepsPlaybook, type StepsByHost } from './host-steps.ts'

export interface StepRunner {
  /**
   * @param output - a question whose answer is wanted once the steps are done; it is among the outputs as `asked`.
   * @throws MailrunError where vars of the inventory are not what the steps want
   */
  run(
    steps: StepsByHost,
    output: ((host: string, domains: readonly string[]) => Probe<unknown>) | undefined,
  ): Promise<readonly HostResult[]>
}

/** Whether a host's steps were carried out. */
export const isDone = (result: HostResult | undefined): boolean =>
  result?.status === 'ok' || result?.status === 'changed'

export const stepRunner = (
  { inventory, extraVars, keyring }: Omit<HostSelection, 'limit'>,
  connect: Connect,
  bounds: RunBounds,
): StepRunner => ({
  async run(steps, output) {
    const playbook = stepsPlaybook(steps)
    const concerned = inventory.hosts.filter(({ name }) => steps[name] !== undefined)
    const prepared = await prepare({
      playbook,
      playbookPath: 'mailrun rotate',
      inventory: onlyWith(inventory, concerned),
      limit: undefined,
      extraVars,
      tags: [],
      skipTags: [],
      keyring,
    })
    const hosts = prepared.map((host) =>
      output === undefined
        ? host
        : { ...host, outputs: { asked: output(host.host.name, Object.keys(steps[host.host.name] ?? {})) } },
    )
    const options = { playbook: playbook.name, check: false, serial: [], maxFail: undefined, askOutside: askNobody }
    return (await rollout(hosts, { ...options, ...bounds }, connect, () => {})).hosts
  },
})
