// The random words of one trip. Only the shell that runs the trip knows the mark, with which frames begin. A program or
// another user may see other words (in a file name, in a process list, behind /proc/self/fd); nobody can compute the
// mark from them.
import { createHash } from 'node:crypto'
import { OUTDATED_STATUS } from '../../shell/outdated.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { once } from '../../text/once.ts'

/** None of them tells another one, nor the mark. */
export interface TripWords {
  /** Begins every frame, of `newMark`: in no environment, no argument and no name of a file. */
  readonly mark: string
  /** Stands for the trip in the host's record of the last one. */
  readonly record: string
  /** In the name of the file that stops it, which lies in /tmp for everybody to see. */
  readonly stop: string
  /** What a step prints last to say that its plan is outdated. */
  readonly outdated: string
}

/** The words besides the mark are computed when they are asked for: a check needs none. */
export function tripWords(mark: string): TripWords {
  const word = (what: string): string =>
    `mailrun-${createHash('sha256').update(`${what} ${mark}`).digest('hex').slice(0, 24)}`
  const [record, stop, outdated] = [once(() => word('record')), once(() => word('stop')), once(() => word('outdated'))]
  return {
    mark,
    get record() {
      return record()
    },
    get stop() {
      return stop()
    },
    get outdated() {
      return outdated()
    },
  }
}

/** A script that finds this file starts no further step. */
export const stopFile = ({ stop }: TripWords): string => `/tmp/${stop}.stop`

/** Whether a step that ended so says that its plan is outdated. */
export const saysOutdated = (
  { outdated }: TripWords,
  code: number | undefined,
  output: Untrusted | undefined,
): boolean => code === OUTDATED_STATUS && output?.endsWith(outdated) === true
