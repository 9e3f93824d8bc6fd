// Sends updates on a name server's own host, by nsupdate with the session key that BIND keeps there (update-policy local): no key leaves it.
import type { Connection } from '../engine/connection.ts'
import { newMark } from '../engine/make-trip.ts'
import { oneScript } from '../engine/one-script.ts'
import { quote } from '../shell/quote.ts'
import { updateOutcome, type UpdateOutcome } from './update-outcome.ts'
import { updateScript } from './update-script.ts'
import type { RrsetChange } from './wanted-change.ts'

/** For one update; and for the network besides. */
const [SECONDS, GRACE_SECONDS] = [20, 40] as const

/** Of Debian's BIND. */
const SESSION_KEY = '/run/named/session.key'

/** In the order of the changes. @param addresses - of the server, for one that does not listen on the loopback. @throws ConnectionLost */
export async function pushByHost(changes: readonly RrsetChange[], zone: string, addresses: readonly string[], connection: Connection, signal: AbortSignal): Promise<readonly UpdateOutcome[]> {
  const mark = newMark()
  const stdout = await oneScript(connection, mark, hostScript(changes, zone, ['127.0.0.1', '::1', ...addresses], mark), changes.length * SECONDS * (2 + addresses.length) + GRACE_SECONDS, signal)
  const parts = stdout.split(`${mark} `).slice(1)
  return changes.map((_, index): UpdateOutcome => {
    const said = parts.find((part) => part.startsWith(`${index} `))
    const [, code, output] = /^\d+ (\d+)\n([^]*)$/.exec(said ?? '') ?? []
    if (code === undefined) return { kind: 'failed', why: 'the host did not tell what came of it; verify does' }
    if (code === '127') return { kind: 'failed', why: 'nsupdate is not installed there: apt install bind9-dnsutils' }
    return updateOutcome({ code: Number(code), output: output ?? '' })
  })
}

/** The text of an update is taken as it is. Not `nsupdate -l`: where ::1 refuses, it sends the next address a message that it signed for the first, and is told BADKEY (9.18). */
export const hostScript = (changes: readonly RrsetChange[], zone: string, addresses: readonly string[], mark: string): string =>
  changes.map((change, index) => `for a in ${addresses.map(quote).join(' ')}; do out=$({ echo "server $a 53"; cat; } <<'${mark}' | LC_ALL=C timeout ${SECONDS} nsupdate -v -k ${SESSION_KEY} 2>&1
${updateScript(change, zone, undefined)}${mark}
); code=$?; case $out in *'Communication with'*) ;; *) break;; esac; done
printf '%s %s %s\\n%s\\n' ${mark} ${index} "$code" "$out"`).join('\n')
