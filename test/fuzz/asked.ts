// The questions whose answers are fuzzed:
// those of every module's examples, of the shipped playbooks, and of the engine.
import { progressOf } from '../../src/engine/trip/progress.ts'
import { questionFrames, type QuestionFrame } from '../../src/engine/trip/questions.ts'
import type { Answer } from '../../src/core/probe/answer.ts'
import type { TaskModule } from '../../src/core/task/define-task.ts'
import type { Playbook } from '../../src/core/fleet/playbook.ts'
import { leavesOf, type Probe } from '../../src/core/probe/probe.ts'
import { dkimKeysProbe } from '../../src/signers/opendkim/keys/dkim-keys.ts'
import { hostFacts } from '../../src/resources/host/host-facts.ts'
import { mailQueue } from '../../src/resources/postfix/mail-queue.ts'
import dkim from '../../playbooks/dkim.ts'
import mailHost from '../../playbooks/mail-host.ts'
import { listedTask } from '../../src/testing/plan-of.ts'
import * as tasks from '../../tasks/index.ts'

/** The mark of the trip that {@link questions} asks about. */
export const MARK = 'mailrun-0123456789abcdef01234567'

const host = { name: 'mx1.example.org', shortName: 'mx1', groups: ['mail'] }
const VARS = {
  domains: ['example.org', 'example.net'],
  dkim_bits: 2048,
  opendkim_socket: 'local:/var/spool/postfix/opendkim/opendkim.sock',
  milter_default_action: 'tempfail',
  trusted_hosts: [],
  aliases: { postmaster: 'root' },
}

const ofPlaybook = (playbook: Playbook): readonly Probe<unknown>[] => {
  const input = { vars: VARS, host }
  return [
    ...playbook.tasks(input, [input]).map(({ probe }) => probe),
    ...Object.values(playbook.outputs(input, [input])),
  ]
}

/** What is asked, none twice; parts and not what is joined of them. */
export const questions: readonly Probe<unknown>[] = [
  ...new Map(
    [
      hostFacts,
      progressOf(MARK, undefined),
      ...(Object.values(tasks) as unknown as readonly TaskModule<object, unknown>[]).flatMap((module) =>
        module.definition.examples.map(({ args, sources = {} }) => listedTask(module(args), sources).probe),
      ),
      ...[dkim, mailHost].flatMap(ofPlaybook),
      dkimKeysProbe('/etc/dkimkeys', VARS.domains),
      mailQueue,
    ]
      .flatMap(leavesOf)
      .map((probe) => [probe.key, probe]),
  ).values(),
]

/** One process on the host, and all that is read out of its answer. */
export interface Asking {
  readonly name: string
  readonly frame: QuestionFrame
  readonly probes: readonly Probe<unknown>[]
}

const frameOf = (probe: Probe<unknown>): string => ('family' in probe.question ? probe.question.family.name : probe.key)

export const askings: readonly Asking[] = [...new Set(questions.map(frameOf))].map((name) => {
  const probes = questions.filter((probe) => frameOf(probe) === name)
  return { name, frame: questionFrames(probes)[0]!, probes }
})

/** By {@link Asking.name}: what a real host answered, once bare and once after the playbooks ran. */
export interface Recorded {
  readonly name: string
  /** The script that was asked, for a recording that has become outdated. */
  readonly script: string
  readonly answers: readonly Answer[]
}
