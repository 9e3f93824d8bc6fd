// What a rotation would do on a host that refuses it: told beforehand, and not tried.
import type { KeyOutlook, Outlook, RotationStep } from '../../mail/rotation/steps.ts'

/** Those that DNS alone takes part in. */
const IN_DNS: readonly RotationStep['kind'][] = ['publish', 'revoke', 'delete-record']

/** @param obstacle - why the host may not be changed; `undefined`: it may. */
export function refusedOutlook(outlook: Outlook, obstacle: string | undefined): Outlook {
  if (obstacle === undefined) return outlook
  const { begin, due, keys, ...rest } = outlook
  const steps = keys.map((key) => refusedStep(key, obstacle))
  if (begin === undefined) return { ...rest, keys: steps }
  const why = `a new key is due (${due}), and nothing is changed there: ${obstacle}`
  return { ...rest, keys: steps.map((key, at) => (at === 0 ? { ...key, wait: { kind: 'blocked', why } } : key)) }
}

function refusedStep(key: KeyOutlook, obstacle: string): KeyOutlook {
  const { step, ...rest } = key
  return step === undefined || IN_DNS.includes(step.kind)
    ? key
    : { ...rest, wait: { kind: 'blocked', why: `nothing is changed there: ${obstacle}` } }
}
