// A host of a mail fleet by what it told: its keys, and the addresses that others see its mail come from.
import { dkimName } from '../mail/dkim-record.ts'
import type { MailKey } from '../mail/mail-fleet.ts'
import type { MailVars } from '../mail/mail-vars.ts'
import { covers, parseNetwork } from '../mail/network.ts'
import { finding, type RecordFinding } from '../mail/record-finding.ts'
import { dnsWish } from '../mail/rotation/dns-wish.ts'
import { selectorsIn, standingOf, type Standing } from '../mail/rotation/history.ts'
import type { KeyHistory } from '../probes/dkim-history.ts'
import type { DkimKeys } from '../probes/dkim-keys.ts'
import type { OutgoingAddresses } from '../probes/outgoing-addresses.ts'

type Outputs = Readonly<Record<string, unknown>>

/** What a signing probe's state is as JSON. */
interface ToldSigning {
  readonly domain: string
  readonly selector: string
  readonly path: string
  readonly key: { readonly kind: string; readonly publicKey?: string | null }
}

/** RFC 6890: what nobody outside sees. */
const INSIDE = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::/96',
  'fc00::/7',
  'fe80::/10',
].map((text) => parseNetwork(text)!)

export const isInside = (address: string): boolean => INSIDE.some((network) => covers(network, parseNetwork(address)!))

/** What the inventory says, else what the host told; in words that follow its name, why neither is known. */
export function addressesOf(
  { outgoing_addresses: said }: Pick<MailVars, 'outgoing_addresses'>,
  outputs: Outputs,
): readonly string[] | string {
  const set = 'set outgoing_addresses to the addresses that others see its mail come from'
  if (said !== undefined) return said
  const told = (outputs['outgoing'] ?? null) as OutgoingAddresses | null
  if (told === null) return `does not tell the addresses that its mail leaves from: ${set}`
  if (told.relayhost !== '')
    return `hands its mail to ${told.relayhost} (relayhost), which others see it come from: ${set}`
  const inside = told.addresses.find(isInside)
  if (inside !== undefined) return `sends from ${inside}, which is not its address outside: ${set}`
  return told.addresses.length === 0 ? `has no route to the world: ${set}` : told.addresses
}

/**
 * The keys in use, and those that come and go by a rotation.
 * @param toCome - keys that are not there yet, or cannot be read before their programs are there, are about to be.
 */
export const keysOf = (
  host: string,
  outputs: Outputs,
  findings: RecordFinding[],
  toCome: boolean,
): readonly MailKey[] => [...signingKeys(host, outputs, findings, toCome), ...rotatingKeys(outputs)]

function signingKeys(host: string, outputs: Outputs, findings: RecordFinding[], toCome: boolean): readonly MailKey[] {
  return ((outputs['signing'] ?? []) as readonly ToldSigning[]).flatMap((told) => {
    const { domain, selector, key } = told
    if (typeof key.publicKey === 'string') return [{ domain, selector, publicKey: key.publicKey }]
    findings.push(missingKey(told, host, toCome))
    return []
  })
}

function missingKey({ domain, selector, path, key }: ToldSigning, host: string, toCome: boolean): RecordFinding {
  if (toCome && (key.kind === 'key' || key.kind === 'absent')) {
    return finding(
      'dkim-key-to-come',
      'note',
      `the record ${dkimName(domain, selector)} is not known before ${host} has its key`,
      'the run makes the key, and publishes it',
    )
  }
  if (key.kind === 'absent') {
    return finding(
      'dkim-no-key',
      'warning',
      `${host} has no key for ${domain} yet`,
      'run playbooks/dkim.ts, then plan again',
    )
  }
  const why = UNREADABLE[key.kind] ?? ' is no private key'
  return finding(
    'dkim-unreadable-key',
    'error',
    `${host} has a key for ${domain} whose public half cannot be told (${path}${why})`,
    'mend it on the host, then plan again',
  )
}

/** By kind of what is there; follows the path. */
const UNREADABLE: Readonly<Record<string, string>> = { symlink: ' is a link', key: ': openssl is not installed' }

/** Under which a domain's history is among the outputs. */
export const historyOutput = (name: string): string => `history ${name}`

/**
 * Keys that are to sign, that signed until lately, and that are revoked: what `mailrun rotate` wants of DNS beside the
 * keys in use.
 */
function rotatingKeys(outputs: Outputs): readonly MailKey[] {
  const { keys } = (outputs['keys'] ?? { keys: [] }) as DkimKeys
  return ((outputs['signing'] ?? []) as readonly ToldSigning[]).flatMap(({ domain: name, selector: inUse }) => {
    const { marks = [] } = (outputs[historyOutput(name)] ?? {}) as Partial<KeyHistory>
    const own = keys.filter((key) => key.domain === name)
    return selectorsIn(marks)
      .filter((each) => each !== inUse)
      .flatMap((each): readonly MailKey[] => {
        const publicKey = wantedKey(standingOf(marks, each), own)
        return typeof publicKey === 'string' ? [{ domain: name, selector: each, publicKey }] : []
      })
  })
}

/** What DNS is to say of it: a public key, or that it is revoked. `undefined` (as JSON, `null`): nothing. */
function wantedKey(standing: Standing<unknown>, keys: DkimKeys['keys']): string | null | undefined {
  const wish = dnsWish(standing, false)
  if (wish === 'gone') return undefined
  if (wish === 'revoked') return ''
  const { selector, path } = standing
  return keys.find((key) => key.selector === selector && (path === undefined || path === key.path))?.publicKey
}
