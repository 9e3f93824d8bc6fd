// The var `dkim_rotation`: how long a key is used, and how long a rotation waits for each thing.
import * as v from 'valibot'

const MOST = 366 * 86_400
const seconds = v.pipe(
  v.number('a number of seconds is wanted'),
  v.integer('a whole number of seconds is wanted'),
  v.minValue(0, 'at least 0 seconds are wanted'),
  v.maxValue(MOST, 'at most a year, 31622400 seconds, is wanted'),
)
const days = v.pipe(
  v.number('a number of days is wanted'),
  v.integer('a whole number of days is wanted'),
  v.minValue(1, 'at least 1 day is wanted'),
  v.maxValue(3650, 'at most 3650 days are wanted'),
)

/** As an entry of a playbook's schema. */
export const rotationVar = v.strictObject(
  {
    /** A key that was made longer ago is replaced. Left out: 180 (M3AAWG: every six months). */
    older_than_days: v.optional(days),
    /** Seconds beyond the TTLs until a new key signs: for resolvers that round up, and clocks. Left out: 60. */
    margin: v.optional(seconds),
    /**
     * Seconds for which mail that the former key signed may be on its way. Left out: what the host's Postfix keeps mail
     * for, and five days for the queues of others.
     */
    drain: v.optional(seconds),
    /** Seconds for which a revoked key stays in DNS with an empty `p=`. Left out: a week. */
    revoked: v.optional(seconds),
  },
  'dkim_rotation takes older_than_days, margin, drain and revoked',
)

export interface RotationSettings {
  /** Seconds. */
  readonly olderThan: number
  readonly margin: number
  /** `undefined`: by the host's Postfix. */
  readonly drain: number | undefined
  readonly revoked: number
}

const DAY = 86_400

export const rotationSettings = (given: v.InferOutput<typeof rotationVar>): RotationSettings => ({
  olderThan: (given.older_than_days ?? 180) * DAY,
  margin: given.margin ?? 60,
  drain: given.drain,
  revoked: given.revoked ?? 7 * DAY,
})
