// The shell texts of a case: its question, and the steps that its plan has on a host where all is as the case gives it.
import type { Connection } from '../../src/engine/session/connection.ts'
import type { Task } from '../../src/core/task/task.ts'
import type { Probe } from '../../src/core/probe/probe.ts'
import { TRUSTED_HOSTS } from '../../src/signers/opendkim/setup/opendkim.ts'
import { KEY_TABLE, SIGNING_TABLE } from '../../src/signers/opendkim/setup/signing.ts'
import { withOutdated } from '../../src/shell/outdated.ts'
import type { Product } from './product.ts'
import type { RaceCase } from './race-case.ts'

export interface RaceTexts {
  readonly questions: readonly string[]
  readonly steps: readonly string[]
}

/** @throws Error where the example has nothing to do, or cannot be asked */
export async function textsOf(raced: RaceCase, product: Product, connection: Connection): Promise<RaceTexts> {
  if (raced.task === 'opendkim') return tablesTexts(product)
  if (raced.task === 'audit') return { questions: questionsOf(product, auditProbes(product)), steps: [] }
  const { makeTrip, newMark } = product.makeTrip
  const context = product.planOf.testContext(raced.sources)
  const task = listed(product, product.tasks[raced.task]!(raced.args), raced.sources)
  const outcome = await makeTrip(connection, { ...calm, mark: newMark(), steps: [], probes: [task.probe] }, silent)
  if (outcome.kind !== 'asked') throw new Error(`${raced.title}: ${JSON.stringify(outcome)}`)
  const answer = outcome.asked(task.probe)
  if ('error' in answer) throw new Error(`${raced.title}: ${answer.error}`)
  const plan = product.settle.settle(task.plan(answer.state, context), () => ({ kind: 'served' }))
  if (plan.kind !== 'change') throw new Error(`${raced.title}: nothing is to be done: ${JSON.stringify(plan)}`)
  return {
    questions: questionsOf(product, [task.probe]),
    steps: product.steps.stepsOf(task, plan).map(({ text }) => withOutdated('outdated', text)),
  }
}

/** 0.1.0 has no folders. */
const listed = ({ planOf }: Product, task: Task, sources: RaceCase['sources']): Task =>
  (planOf.listedTask as typeof planOf.listedTask | undefined)?.(task, sources) ?? task

/** As a trip asks them, in a check; of 0.1.0, whose trips are made of other parts, the bare texts. */
function questionsOf(
  { questions, words, trip, makeTrip }: Product,
  probes: readonly Probe<unknown>[],
): readonly string[] {
  const frames = questions.questionFrames(probes)
  if (words === undefined) return (frames as readonly { readonly text?: string }[]).map(({ text }) => text!)
  const request = {
    steps: [],
    questions: frames,
    questionsSeconds: QUESTIONS_SECONDS,
    after: undefined,
    lock: undefined,
  }
  return [trip.tripScript({ words: words.tripWords(makeTrip.newMark()), ...request })]
}

/** Of a host's setup, its keys and what became of them: audit and rotate ask these. */
const auditProbes = ({ setup, keys, history }: Product): readonly Probe<unknown>[] => [
  setup.mailSetup,
  keys.dkimKeysProbe('/etc/dkimkeys', ['example.org']),
  history.dkimHistoryProbe('/etc/dkimkeys', 'example.org'),
]

function tablesTexts(product: Product): RaceTexts {
  const { opendkim } = product.tasks
  const { probe } = opendkim!(opendkim!.definition.examples[0]!.args)
  return { questions: questionsOf(product, [probe]), steps: [tablesText(product)] }
}

/**
 * All that the activation does with files of the daemon's directory: it keeps the set that is, and
 * puts another in place.
 */
const tablesText = ({ install }: Product): string => `
rm -rf /var/lib/mailrun/opendkim "$run/set"
mkdir -p /var/lib/mailrun/opendkim "$run/set"
echo 'mx2._domainkey.example.org example.org:mx2:/etc/dkimkeys/example.org/mx1.private' > "$run/set/KeyTable"
echo '*@example.org mx2._domainkey.example.org' > "$run/set/SigningTable"
echo 192.0.2.1 > "$run/set/TrustedHosts"
${install.installFunctions(TABLES, TABLES).text}
keep && install_set "$run/set" $files && forget`
const TABLES = [KEY_TABLE, SIGNING_TABLE, TRUSTED_HOSTS]

/** Longer than a race waits. */
const QUESTIONS_SECONDS = 60
const never = new AbortController().signal
const calm = {
  questionsSeconds: QUESTIONS_SECONDS,
  after: undefined,
  holder: undefined,
  lockSeconds: 60,
  beginSeconds: undefined,
  interrupt: never,
  abandon: never,
}
const silent = { waiting: () => {}, started: () => {}, progress: () => {}, done: () => {} }
