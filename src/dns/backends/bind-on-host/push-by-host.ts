// Sends updates on the name server's own host, with nsupdate and the session key of BIND (update-policy local). No key
// leaves the host.
import type { Connection } from '../../../engine/session/connection.ts'
import { addressText, type DnsAddress } from '../../../mail/formats/dns-text.ts'
import { quote } from '../../../shell/quote.ts'
import { runParts } from '../host-parts.ts'
import type { ServerAddress } from '../../lookup/name-server.ts'
import { NO_ANSWER, type UpdateOutcome } from '../backend.ts'
import { updateOutcome } from '../nsupdate/nsupdate-words.ts'
import { updateScript } from '../nsupdate/update-script.ts'
import type { WrittenChange } from '../written-change.ts'

/** For one update at one address. */
const SECONDS = 20

/** Of Debian's BIND. */
const SESSION_KEY = '/run/named/session.key'

/**
 * In the order of the changes.
 *
 * @param addresses - of the server, for one that does not listen on the loopback
 * @throws ConnectionLost
 */
export async function pushByHost(
  changes: readonly WrittenChange[],
  addresses: readonly ServerAddress[],
  connection: Connection,
  signal: AbortSignal,
): Promise<readonly UpdateOutcome[]> {
  const asked = ['127.0.0.1', '::1', ...addresses.map(({ address }) => address)].map(addressText)
  const said = await runParts(
    (mark) => changes.map((change) => updatePart(change, asked, mark)),
    SECONDS * asked.length,
    connection,
    signal,
  )
  return said.map((each): UpdateOutcome => {
    if (each === undefined) return NO_ANSWER
    return each.code === 127
      ? { kind: 'failed', why: 'nsupdate is not installed there: apt install bind9-dnsutils' }
      : updateOutcome(each)
  })
}

/**
 * The text of the update is taken as it is. Not `nsupdate -l`: where ::1 refuses, it sends the next address a message
 * that it signed for the first, and gets BADKEY (9.18).
 */
export const updatePart = (change: WrittenChange, addresses: readonly DnsAddress[], mark: string): string =>
  `for a in ${addresses.map(quote).join(' ')}; do
  said=$({ echo "server $a 53"; cat; } <<'${mark}' | LC_ALL=C timeout ${SECONDS} nsupdate -v -k ${SESSION_KEY} 2>&1
${updateScript(change, undefined, undefined)}${mark}
)
  code=$?
  case $said in *'Communication with'*) ;; *) break;; esac
done
printf '%s\\n' "$said"
exit $code`
