// Finds the steps of a rotation that a host would refuse. They are reported before, and not tried.
import type { KeyProgress, NextSteps, RotationStep } from '../../mail/rotation/steps.ts'

/** Those that DNS alone takes part in. */
const IN_DNS: readonly RotationStep['kind'][] = ['publish', 'revoke', 'delete-record']

/** @param problem - why the host may not be changed; `undefined`: it may. */
export function refusedSteps(nextSteps: NextSteps, problem: string | undefined): NextSteps {
  if (problem === undefined) return nextSteps
  const { begin, due, keys, ...rest } = nextSteps
  const steps = keys.map((key) => refusedStep(key, problem))
  if (begin === undefined) return { ...rest, keys: steps }
  const why = `a new key is due (${due}), and nothing is changed there: ${problem}`
  return { ...rest, keys: steps.map((key, at) => (at === 0 ? { ...key, wait: { kind: 'blocked', why } } : key)) }
}

function refusedStep(key: KeyProgress, problem: string): KeyProgress {
  const { step, ...rest } = key
  return step === undefined || IN_DNS.includes(step.kind)
    ? key
    : { ...rest, wait: { kind: 'blocked', why: `nothing is changed there: ${problem}` } }
}
