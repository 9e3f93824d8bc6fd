// Has the hosts of a fleet try a password one after the other until one accepts it: one that is wrong for all must not
// lock accounts that they share, and one host alone must not keep it from the others.

export interface PasswordTrial {
  /**
   * Resolves when a host may be given the password: once another one has accepted it, or none has it in hand.
   *
   * @returns the hosts that refused it, where it must not be given: too many, and none has accepted it.
   */
  turn(password: string, at: string): Promise<readonly string[] | undefined>
  /** What came of it; `undefined`: nobody can tell. */
  settle(password: string, at: string, accepted: boolean | undefined): void
}

/** Accounts are locked after three failures where little is said (pam_faillock(8)): one less. */
export const REFUSALS_AT_MOST = 2
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

/** For one run. Passwords are told apart by what they are: a host with one of its own waits for nobody. */
export function passwordTrial(): PasswordTrial {
  const courses = new Map<string, Course>()
  const courseOf = (password: string): Course => {
    const course = courses.get(password) ?? {
      accepted: false,
      refusedBy: new Set(),
      inHand: undefined,
      waiting: new Set(),
    }
    courses.set(password, course)
    return course
  }
  return {
    async turn(password, at) {
      const course = courseOf(password)
      const end = performance.now() + WAIT_MILLISECONDS
      for (;;) {
        const now = performance.now()
        if (course.accepted) return undefined
        if (course.refusedBy.size >= REFUSALS_AT_MOST) return [...course.refusedBy]
        const { inHand } = course
        if (inHand === undefined || inHand.until <= now || end <= now) {
          course.inHand = { at, until: now + TRY_MILLISECONDS }
          return undefined
        }
        await woken(course, Math.min(inHand.until, end) - now)
      }
    },
    settle(password, at, outcome) {
      const course = courseOf(password)
      if (outcome === true) course.accepted = true
      if (outcome === false) course.refusedBy.add(at)
      if (course.inHand?.at === at) course.inHand = undefined
      const waiting = [...course.waiting]
      course.waiting.clear()
      waiting.forEach((wake) => wake())
    },
  }
}

/** Once something has come of the password somewhere, or that many milliseconds are over. */
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
