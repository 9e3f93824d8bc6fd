// Reads the output of nsupdate(1), and says what to do about an error. Its exit status is 0 even if it could not read
// the key: only NOERROR from the server is a success.
import type { Untrusted } from '../../../shell/untrusted.ts'
import { OUTDATED, SHOWN_CHARACTERS, type UpdateOutcome } from '../backend.ts'
import type { Said } from '../said.ts'

/** A prerequisite does not hold: the set is not what it was when it was read. */
const CHANGED: readonly string[] = ['YXRRSET', 'NXRRSET', 'YXDOMAIN', 'NXDOMAIN']

/** By response code (RFC 2136, section 2.2; RFC 8945, section 5.3). */
const REFUSALS: Readonly<Record<string, string>> = {
  REFUSED:
    'its policy does not let this key change this name, or this server takes no updates for the zone: ' +
    "grant it in the zone's update-policy (docs/mail/dns.md has one that is just enough), " +
    'and send updates to the primary',
  BADKEY: 'it does not know the key: both sides must have it under the same name',
  BADSIG: 'it knows a key of this name with another secret: compare the key files',
  BADTIME: 'the clocks of the two machines are more than 5 minutes apart: set them',
  NOTAUTH: 'it is not the primary of this zone: set dns.primary',
  NOTZONE: 'the name is outside the zone: set dns.zones',
  SERVFAIL: 'it could not carry it out: its log says why, such as a zone file or journal that it may not write',
  NOTIMP: 'it takes no updates: set dns.primary to the server that does',
  FORMERR: 'it could not read the update',
}

/**
 * nsupdate then goes on and sends its updates without a signature. What it says beside this quotes the file, and with
 * it perhaps the secret.
 */
export const isUnreadKey = (output: Untrusted): boolean => /^could not read key from /m.test(output)

const UNREAD_KEY =
  'the key cannot be read, or is none: on a name server host root or bind can, ' +
  'and BIND writes it where a zone has update-policy local'

export function updateOutcome({ code, output, ended }: Said): UpdateOutcome {
  if (ended !== undefined) return { kind: 'failed', why: `${ended}; whether the update was made, verify tells` }
  if (isUnreadKey(output)) return { kind: 'failed', why: UNREAD_KEY }
  const failed = /^update failed: (\w+)(?:\((\w+)\))?/m.exec(output)
  if (failed !== null) return refusal(failed[1] ?? '', failed[2])
  const silent = /^; Communication with (\S+) failed: (.*)$/m.exec(output)
  if (silent !== null) return { kind: 'failed', why: silence(silent[1] ?? '', silent[2] ?? '') }
  if (code === 0 && /^;; ->>HEADER<<- opcode: UPDATE, status: NOERROR/m.test(output)) return { kind: 'done' }
  return { kind: 'failed', why: lastWords(code, output) }
}

function refusal(response: Untrusted, tsig: Untrusted | undefined): UpdateOutcome {
  const name = tsig ?? response
  if (CHANGED.includes(name)) return OUTDATED(name)
  const reported = tsig === undefined ? response : `${response} (${tsig})`
  const advice = REFUSALS[name] ?? REFUSALS[response] ?? 'see the log of the name server'
  return { kind: 'failed', why: `${reported}: ${advice}` }
}

function silence(server: Untrusted, reason: Untrusted): string {
  const why = reason === 'operation canceled' ? 'nothing listens there' : reason
  return `no answer from ${server} (TCP): ${why}; whether the update was made, verify tells`
}

function lastWords(code: number, output: Untrusted): string {
  const said = output.trim()
  if (said === '') return `nsupdate ended with ${code} and said nothing`
  const last = said
    .split('\n')
    .slice(-3)
    .map((line) => line.slice(0, SHOWN_CHARACTERS))
    .join('; ')
  return last.replace(/^\S+ \S+ (?=\S+:\d+: )/, '')
}
