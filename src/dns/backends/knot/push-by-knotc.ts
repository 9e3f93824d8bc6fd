// Makes changes in Knot DNS on its own host with knotc(8), each in a transaction. During a transaction, Knot accepts no
// other change of the zone.
import type { Connection } from '../../../engine/session/connection.ts'
import { dnsLine } from '../../../mail/formats/dns-text.ts'
import { quote } from '../../../shell/quote.ts'
import { runParts } from '../host-parts.ts'
import { OUTDATED, SHOWN_CHARACTERS, NO_ANSWER, type UpdateOutcome } from '../backend.ts'
import type { Said } from '../said.ts'
import type { WrittenChange } from '../written-change.ts'

/** For one command of knotc; and for one change, all its commands and the wait for others' transactions included. */
const [SECONDS, CHANGE_SECONDS] = [20, 120] as const
/** How often it is tried to begin, a second apart: another run of mailrun is done by then. */
const TRIES = 10

/** How a part ends; below 10 are the exit statuses of knotc itself. */
const ENDED = { begin: 10, read: 11, outdated: 12, change: 13, commit: 14, secondary: 15, absent: 16 } as const

/** Writes the exchanges of MX records as `nameOfLabels` writes names: the same names are the same text then. */
const PLAIN_NAMES = `LC_ALL=C perl -ne ${quote(
  String.raw`if (my ($head, $name) = /^(\d+ MX \d+ )(.*)\.$/) {
  $name =~ s{\\(\d{3})|\\(.)|([^.])}{
    my $byte = lc(defined $1 ? chr $1 : defined $2 ? $2 : $3);
    $byte =~ m{^[a-z0-9_*/-]$} ? $byte : sprintf "\\%03d", ord $byte;
  }ge;
  $_ = "$head$name.\n";
}
print`,
)}`

/** In the order of the changes. @throws ConnectionLost */
export async function pushByKnotc(
  changes: readonly WrittenChange[],
  zone: string,
  connection: Connection,
  signal: AbortSignal,
): Promise<readonly UpdateOutcome[]> {
  const said = await runParts(() => changes.map(transaction), CHANGE_SECONDS, connection, signal)
  return said.map((each) => (each === undefined ? NO_ANSWER : knotOutcome(each, zone)))
}

/**
 * What is there is compared within the transaction, so that nothing that somebody else changed since it was read gets
 * lost; a transaction that is not committed is aborted, whatever ends the shell. Knot prints strings as updates name
 * them; names it writes in its own way, `a\;b` for `a\059b`.
 */
export function transaction({ zone, owner, type, before, remove, add, ttl }: WrittenChange): string {
  const there = (before?.data ?? [])
    .map((each) => dnsLine`${before!.ttl} ${type} ${each}`)
    .sort()
    .join('\n')
  // Knot has one TTL for a set, that of the last record that was set; a set that gets another one is made again.
  const drops =
    before !== undefined && before.ttl !== ttl
      ? [`drop ${type}`]
      : remove.map((each) => `drop ${type} ${quote(dnsLine`${each}`)}`)
  const puts = add.map((each) => `put ${ttl} ${type} ${quote(dnsLine`${each}`)}`)
  return `at=${quote(dnsLine`${zone}`)} owner=${quote(dnsLine`${owner}`)}
command -v knotc >/dev/null || exit ${ENDED.absent}
knot() { LC_ALL=C timeout ${SECONDS} knotc -t ${SECONDS} "$@"; }
drop() { knot zone-unset "$at" "$owner" "$@" || exit ${ENDED.change}; }
put() { knot zone-set "$at" "$owner" "$@" || exit ${ENDED.change}; }
case $(knot zone-status "$at" +role) in *'role: slave'*) exit ${ENDED.secondary};; esac
tries=0
until begun=$(knot zone-begin "$at" 2>&1); do
  tries=$((tries + 1))
  case $begun in
  *'too many transactions'*) [ $tries -lt ${TRIES} ] && sleep 1 && continue;;
  esac
  printf '%s\\n' "$begun"
  exit ${ENDED.begin}
done
trap 'knot zone-abort "$at" >/dev/null' EXIT
trap 'exit 1' HUP INT TERM PIPE
if now=$(knot zone-get "$at" "$owner" 2>&1); then
  now=$(printf '%s\\n' "$now" | sed 's/^[^ ]* [^ ]* //' |
    grep -E '^[0-9]+ (CNAME|${type}) '${type === 'MX' ? ` | ${PLAIN_NAMES}` : ''} | LC_ALL=C sort)
else
  case $now in
  *'no such node'*) now=;;
  *) printf '%s\\n' "$now"
    exit ${ENDED.read};;
  esac
fi
[ "$now" = ${quote(there)} ] || exit ${ENDED.outdated}
${[...drops, ...puts].join('\n')}
knot zone-diff "$at"
knot zone-commit "$at" || exit ${ENDED.commit}
trap - EXIT`
}

/** Knot 3.2. */
export function knotOutcome({ code, output }: Said, zone: string): UpdateOutcome {
  const words =
    /^error: .*?(?:\(([^)]*)\).*)?$/m.exec(output)?.[1] ?? (output.trim().split('\n').at(-1) || 'it said nothing')
  const said = words.slice(0, SHOWN_CHARACTERS)
  const failed = (why: string): UpdateOutcome => ({ kind: 'failed', why })
  if (code === 0) return { kind: 'done' }
  if (code === ENDED.outdated) return OUTDATED('it is not what it was')
  if (code === ENDED.absent) return failed('knotc is not installed there: apt install knot')
  if (code === ENDED.secondary)
    return failed(`Knot has ${zone} from another server there, its primary: set dns.host to that`)
  if (/no such zone/.test(output))
    return failed(`Knot does not serve ${zone} there: set dns.host to the host that does`)
  if (/failed to connect/.test(output)) {
    return failed(
      'knotc does not reach Knot: is it running ("systemctl status knot"), ' +
        'and is mailrun root or in the group knot there?',
    )
  }
  if (/too many transactions/.test(output)) {
    return failed(
      `somebody has a transaction open on ${zone}: "knotc zone-diff ${zone}" shows it, ` +
        'zone-commit or zone-abort ends it',
    )
  }
  if (code === ENDED.commit) return failed(`Knot refuses the change (${said}): its log says why ("journalctl -u knot")`)
  return failed(`knotc: ${said}`)
}
