// Runs one script over a connection and returns its output. For scripts that are neither a change nor a question of a
// task.
import type { Connection } from '../session/connection.ts'

/**
 * A compound command, so that a script that is cut short runs not at all, between lines that no command prints by
 * chance.
 */
export const framed = (mark: string, body: string): string => `{
printf '\\n%s begin\\n' ${mark}; printf '\\n%s begin\\n' ${mark} >&2
${body}
printf '\\n%s end\\n' ${mark}; printf '\\n%s end\\n' ${mark} >&2
}
`

/**
 * What it prints on standard output.
 *
 * @param mark - of `newMark`; the script may end its here-documents by it.
 * @param seconds - after which the connection is given up.
 * @param most - bytes that it may print, on both streams; left out: as many as the answers of a trip.
 * @throws ConnectionLost
 */
export async function oneScript(
  connection: Connection,
  mark: string,
  body: string,
  seconds: number,
  signal: AbortSignal,
  most?: number,
): Promise<string> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)])
  const { stdout } = await connection.exchange({
    script: framed(mark, body),
    end: `${mark} end`,
    ...(most === undefined ? {} : { most }),
    onStdout: () => {},
    signal: inTime,
  })
  return stdout.toString()
}
