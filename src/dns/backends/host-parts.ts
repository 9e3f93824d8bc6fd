// Runs shell texts one after the other on a name server's host, and returns the output and exit status of each.
import type { Connection } from '../../engine/session/connection.ts'
import { newMark } from '../../engine/trip/make-trip.ts'
import { oneScript } from '../../engine/trip/one-script.ts'
import { UPDATE_BYTES } from '../bounds/bounds.ts'
import type { Said } from './said.ts'

/** For the network besides. */
const GRACE_SECONDS = 40
/** For lines of our own, and what a login shell says. */
const GRACE_BYTES = 64 << 10

/**
 * @param parts - each is shell text that ends by itself; `mark` is a word that is in no record
 * @param secondsEach - at most
 * @returns `undefined` for those that did not tell
 * @throws ConnectionLost
 */
export async function runParts(
  parts: (mark: string) => readonly string[],
  secondsEach: number,
  connection: Connection,
  signal: AbortSignal,
): Promise<readonly (Said | undefined)[]> {
  const mark = newMark()
  const texts = parts(mark)
  const stdout = await oneScript(
    connection,
    mark,
    partsScript(texts, mark),
    texts.length * secondsEach + GRACE_SECONDS,
    signal,
    texts.length * UPDATE_BYTES + GRACE_BYTES,
  )
  const reported = stdout.split(`${mark} `).slice(1)
  return texts.map((_, index) => {
    const [, code, output = ''] =
      /^\d+ (\d+)\n([^]*)$/.exec(reported.find((part) => part.startsWith(`${index} `)) ?? '') ?? []
    return code === undefined ? undefined : { code: Number(code), output }
  })
}

export const partsScript = (parts: readonly string[], mark: string): string =>
  parts
    .map(
      (part, index) => `out=$( {
${part}
} 2>&1 </dev/null ); code=$?
printf '%s %s %s\\n%s\\n' ${mark} ${index} "$code" "$out"`,
    )
    .join('\n')
