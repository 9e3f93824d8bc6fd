// Lets one host after the other try what a fleet shares (a password, the login to a jump host) until it is accepted
// once. If it is wrong, the other hosts need not try it too.

export interface SharedTrial {
  /**
   * Resolves when a host may try it: once it was accepted for another one, or none has it in hand.
   *
   * @returns the hosts for which it was refused, where it must not be tried: too many, and it was accepted for none.
   */
  turn(shared: string, at: string): Promise<readonly string[] | undefined>
  /** What came of it; `undefined`: nobody can tell. */
  settle(shared: string, at: string, accepted: boolean | undefined): void
}

/**
 * Of a password: accounts are locked after three failures where little is said (pam_faillock(8)), one less; and one
 * host alone must not keep it from the others.
 */
export const PASSWORD_REFUSALS = 2
/** PAM takes up to some 3 s to say no: who takes longer lets the next one try. */
const TRY_MILLISECONDS = 5000
/** Nobody waits longer: hosts that hang must not hold up the fleet. */
const WAIT_MILLISECONDS = 20_000

interface Course {
  accepted: boolean
  readonly refusedBy: Set<string>
  inHand: { readonly at: string; readonly until: number } | undefined
  /** In the order in which they came. */
  readonly waiting: Set<() => void>
}

/**
 * For one run. What is shared is distinguished by its text: a host with a password of its own waits for nobody.
 *
 * @param refusalsAtMost - after so many it is tried for no other host.
 */
export function sharedTrial(refusalsAtMost = PASSWORD_REFUSALS): SharedTrial {
  const courses = new Map<string, Course>()
  const courseOf = (shared: string): Course => {
    const course = courses.get(shared) ?? {
      accepted: false,
      refusedBy: new Set(),
      inHand: undefined,
      waiting: new Set(),
    }
    courses.set(shared, course)
    return course
  }
  return {
    async turn(shared, at) {
      const course = courseOf(shared)
      const end = performance.now() + WAIT_MILLISECONDS
      for (;;) {
        const now = performance.now()
        if (course.accepted) return undefined
        if (course.refusedBy.size >= refusalsAtMost) return [...course.refusedBy]
        const { inHand } = course
        if (inHand === undefined || inHand.until <= now || end <= now) {
          course.inHand = { at, until: now + TRY_MILLISECONDS }
          return undefined
        }
        await woken(course, Math.min(inHand.until, end) - now)
      }
    },
    settle(shared, at, outcome) {
      const course = courseOf(shared)
      if (outcome === true) course.accepted = true
      if (outcome === false) course.refusedBy.add(at)
      if (course.inHand?.at === at) course.inHand = undefined
      const waiting = [...course.waiting]
      course.waiting.clear()
      waiting.forEach((wake) => wake())
    },
  }
}

/** Once something has come of it somewhere, or that many milliseconds are over. */
function woken({ waiting }: Course, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      waiting.delete(wake)
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(wake, milliseconds + 1)
    waiting.add(wake)
  })
}
