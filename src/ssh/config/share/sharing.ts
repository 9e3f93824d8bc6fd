// Gives one answer of `ssh -G` to all destinations that must get the same.
import type { Answer } from '../ask/answer.ts'
import { withLines, type Scan } from '../scan/scan.ts'
import { isPlainUser, type Destination } from './destination.ts'
import { kinBy, type KinOf } from './kin.ts'
import { answersFor, type AnswerFor } from './put-back.ts'

/** Asks for a destination, with these words before it; `isForOthers` as `Question` has it. */
export type AskFor = (words: readonly string[], destination: Destination, isForOthers: boolean) => Promise<Answer>

export interface Sharing {
  /**
   * As `ssh -G` has it when it is asked for this destination by itself.
   *
   * @param isNobody - no host of the run: what ssh refuses for it others may yet be asked for.
   */
  answer(destination: Destination, isNobody?: boolean): Promise<Answer>
  /** What of the files, and of its options, may count for a destination. */
  scanFor(destination: Destination): Scan
}

/** How many of a kind are asked for before each is asked for by itself. */
const ASKED_OF_A_KIND = 3

/** @param files - of all destinations. */
export function sharing(files: Scan, ask: AskFor): Sharing {
  const scans = new Map<string, { readonly scan: Scan; readonly kinOf: KinOf }>()
  const kinds = new Map<string, Promise<AnswerFor>[]>()
  const scanned = ({ before, after, lines }: Destination): { readonly scan: Scan; readonly kinOf: KinOf } => {
    const key = JSON.stringify([before, after])
    const known = scans.get(key)
    if (known !== undefined) return known
    const scan = withLines(files, lines)
    const made = { scan, kinOf: kinBy(scan) }
    scans.set(key, made)
    return made
  }
  return {
    scanFor: (destination) => scanned(destination).scan,
    async answer(destination, isNobody = false) {
      const { scan, kinOf } = scanned(destination)
      const kin = sharesAnswer(destination, scan) ? kinOf(destination.host) : undefined
      if (kin === undefined) return byItself(destination, ask)
      const isForOthers = isNobody || destination.user !== undefined || destination.port !== undefined
      const key = JSON.stringify([destination.program, destination.after, kin])
      const kind = kinds.get(key) ?? []
      kinds.set(key, kind)
      for (let at = 0; at < ASKED_OF_A_KIND; at += 1) {
        const isNew = kind[at] === undefined
        kind[at] ??= ask(destination.after, destination, isForOthers).then((each) =>
          answersFor(each, destination.host, scan),
        )
        const answers = await kind[at]!.catch((error: unknown) => {
          if (isNobody || (isNew && !isForOthers)) throw error
        })
        const found = answers?.(destination)
        if (found !== undefined) return found
        if (isNew || answers === undefined) break
      }
      return byItself(destination, ask)
    },
  }
}

/** Whether its user and port may be put into the answer for another. */
function sharesAnswer({ before, user }: Destination, { asksUser }: Scan): boolean {
  if (before.length > 0) return false
  return user === undefined || (!asksUser && isPlainUser(user))
}

function byItself(destination: Destination, ask: AskFor): Promise<Answer> {
  const { before, user, port, after } = destination
  const own = [...(port === undefined ? [] : ['-p', String(port)]), ...(user === undefined ? [] : ['-l', user])]
  return ask([...before, ...own, ...after], destination, false)
}
