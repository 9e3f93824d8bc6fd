// Lets one host of the fleet try a password first: one that is wrong for all must not lock accounts that they share.

export interface PasswordTrial {
  /**
   * Resolves when a host may be given the password: once another one has accepted it, or none has it in hand.
   *
   * @returns the host that refused it, where it must not be given: none has accepted it yet.
   */
  turn(password: string, at: string): Promise<string | undefined>
  /** What came of it; `undefined`: nobody can tell. */
  settle(password: string, at: string, accepted: boolean | undefined): void
}

/** PAM takes up to some 3 s to say no. */
const WAIT_MILLISECONDS = 5000

interface InHand {
  readonly at: string
  readonly settled: Promise<void>
  readonly release: () => void
}

/** For one run. Passwords are told apart by what they are: a host with one of its own waits for nobody. */
export function passwordTrial(): PasswordTrial {
  const accepted = new Set<string>()
  const refused = new Map<string, string>()
  const inHand = new Map<string, InHand>()
  return {
    async turn(password, at) {
      for (;;) {
        if (accepted.has(password)) return undefined
        if (refused.has(password)) return refused.get(password)
        const other = inHand.get(password)
        if (other === undefined) {
          let release = (): void => {}
          const settled = new Promise<void>((resolve) => (release = resolve))
          inHand.set(password, { at, settled, release })
          return undefined
        }
        // One that hangs must not hold up the fleet.
        if (!(await inTime(other.settled))) return undefined
      }
    },
    settle(password, at, outcome) {
      if (outcome === true) accepted.add(password)
      if (outcome === false && !accepted.has(password)) refused.set(password, at)
      if (outcome === true) refused.delete(password)
      const held = inHand.get(password)
      if (held === undefined || (held.at !== at && outcome === undefined)) return
      inHand.delete(password)
      held.release()
    },
  }
}

function inTime(settled: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), WAIT_MILLISECONDS)
    void settled.then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
