// Carries a rotation's steps out on hosts, by a run of playbooks/rotate.ts.
import { fileURLToPath } from 'node:url'
import type { Connect } from '../../engine/connection.ts'
import type { RunBounds } from '../../engine/ask-only.ts'
import { askNobody } from '../../engine/outside.ts'
import { rollout } from '../../engine/rollout.ts'
import type { NewMark } from '../../mail/rotation/steps.ts'
import type { Inventory } from '../../model/inventory.ts'
import type { Playbook } from '../../model/playbook.ts'
import type { Probe } from '../../model/probe.ts'
import type { HostResult } from '../../model/run-event.ts'
import type { ExtraVar } from '../../playbook/extra-vars.ts'
import { loadPlaybook } from '../../playbook/load-playbook.ts'
import { prepare } from '../../playbook/prepare.ts'
import type { Keyring } from '../../secrets/keyring.ts'
import { onlyWith } from '../mail-fleet-of.ts'
import { publicModules } from '../public-modules.ts'

/** `path`: of its private key, where that is not `/etc/dkimkeys/DOMAIN/SELECTOR.private`. */
export interface NamedKey {
  readonly selector: string
  readonly path?: string | undefined
}

/** For one domain on one host: the var `dkim_steps` of playbooks/rotate.ts. */
export interface HostSteps {
  readonly marks?: readonly NewMark[]
  readonly make?: readonly string[]
  readonly active?: string
  readonly back?: NamedKey
  readonly delete?: readonly string[]
}

/** By host, then by domain. */
export type StepsByHost = Readonly<Record<string, Readonly<Record<string, HostSteps>>>>

export interface StepRunner {
  /** @param output - a question whose answer is wanted once the steps are done; it is among the outputs as `asked`. */
  run(
    steps: StepsByHost,
    output: ((domains: readonly string[]) => Probe<unknown>) | undefined,
  ): Promise<readonly HostResult[]>
}

/** Whether a host's steps were carried out. */
export const isDone = (result: HostResult | undefined): boolean =>
  result?.status === 'ok' || result?.status === 'changed'

const PLAYBOOK = fileURLToPath(new URL('playbooks/rotate.ts', import.meta.resolve('mailrun/package.json')))

/** @throws MailrunError where the inventory's vars are not what the playbook wants */
export async function stepRunner(
  inventory: Inventory,
  extraVars: ReadonlyMap<string, ExtraVar>,
  keyring: Keyring,
  connect: Connect,
  bounds: RunBounds,
): Promise<StepRunner> {
  const playbook: Playbook = await loadPlaybook(PLAYBOOK, publicModules)
  const prepared = (steps: StepsByHost) => {
    const among = onlyWith(
      inventory,
      inventory.hosts.filter(({ name }) => steps[name] !== undefined),
    )
    return prepare({
      playbook,
      playbookPath: PLAYBOOK,
      inventory: among,
      limit: undefined,
      extraVars: new Map([...extraVars, ['dkim_steps', { value: steps, where: 'mailrun rotate' }]]),
      tags: [],
      skipTags: [],
      keyring,
    })
  }
  return {
    async run(steps, output) {
      const hosts = (await prepared(steps)).map((host) =>
        output === undefined ? host : { ...host, outputs: { asked: output(Object.keys(steps[host.host.name] ?? {})) } },
      )
      return (
        await rollout(
          hosts,
          { playbook: playbook.name, check: false, serial: [], maxFail: undefined, askOutside: askNobody, ...bounds },
          connect,
          () => {},
        )
      ).hosts
    },
  }
}
