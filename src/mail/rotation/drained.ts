// Computes until when mail with the signature of a former key may still be on its way to a verifier.
import type { QueueStanding, RotationEvidence } from './evidence.ts'

/** RFC 5321, section 4.5.4.1: other servers retry for four to five days. */
const OTHERS = 5 * 86_400

/**
 * Seconds after the switch to another key. A message may wait in the host's own queue as long as Postfix keeps it, go
 * to a relay at the last moment, and wait there as long again. `postqueue -j` shows the first queue. Nobody can see the
 * second one, so this time must pass.
 */
export const drainSeconds = (queue: QueueStanding, drain: number | undefined): number =>
  drain ?? queue.lifetime + OTHERS

export type Drained =
  | { readonly kind: 'drained' }
  | { readonly kind: 'until'; readonly time: number; readonly why: string }
  | { readonly kind: 'held'; readonly why: string; readonly soon: false }

/** @param retired - when another key was seen to sign, by the host's clock */
export function drained(
  { now, queue, settings }: Pick<RotationEvidence, 'now' | 'queue' | 'settings'>,
  retired: number,
): Drained {
  if ('why' in queue)
    return { kind: 'held', why: `its queue cannot be asked for mail that the key signed: ${queue.why}`, soon: false }
  const time = retired + drainSeconds(queue, settings.drain)
  if (now < time) return { kind: 'until', time, why: 'mail that it signed may be in queues, here or elsewhere' }
  const { oldest, messages } = queue
  if (oldest === undefined || oldest.arrived > retired) return { kind: 'drained' }
  const mail = `${oldest.id} (${oldest.queue}), the oldest of ${messages}`
  const remedy = 'deliver or delete it (postqueue -i, postsuper -d)'
  return { kind: 'held', why: `the queue still has mail from before the switch: ${mail}; ${remedy}`, soon: false }
}
