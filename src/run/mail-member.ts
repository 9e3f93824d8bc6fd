// A host of a mail fleet by what it told: its keys, and the addresses that others see its mail come from.
import { dkimName } from '../mail/dkim-record.ts'
import type { MailKey } from '../mail/mail-fleet.ts'
import type { MailVars } from '../mail/mail-vars.ts'
import { covers, parseNetwork } from '../mail/network.ts'
import { finding, type RecordFinding } from '../mail/record-finding.ts'
import { dnsWish } from '../mail/rotation/dns-wish.ts'
import { selectorsIn, standingOf } from '../mail/rotation/history.ts'
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
  return ((outputs['signing'] ?? []) as readonly ToldSigning[]).flatMap(
    ({ domain: name, selector: label, path, key }) => {
      if (typeof key.publicKey === 'string') return [{ domain: name, selector: label, publicKey: key.publicKey }]
      if (toCome && (key.kind === 'key' || key.kind === 'absent'))
        findings.push(
          finding(
            'dkim-key-to-come',
            'note',
            `the record ${dkimName(name, label)} is not known before ${host} has its key`,
            'the run makes the key, and publishes it',
          ),
        )
      else if (key.kind === 'absent')
        findings.push(
          finding(
            'dkim-no-key',
            'warning',
            `${host} has no key for ${name} yet`,
            'run playbooks/dkim.ts, then plan again',
          ),
        )
      else
        findings.push(
          finding(
            'dkim-unreadable-key',
            'error',
            `${host} has a key for ${name} whose public half cannot be told (${path}${key.kind === 'symlink' ? ' is a link' : key.kind === 'key' ? ': openssl is not installed' : ' is no private key'})`,
            'mend it on the host, then plan again',
          ),
        )
      return []
    },
  )
}

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
    return selectorsIn(marks)
      .filter((each) => each !== inUse)
      .flatMap((each): readonly MailKey[] => {
        const standing = standingOf(marks, each)
        const wish = dnsWish(standing, false)
        const publicKey =
          wish === 'revoked'
            ? ''
            : keys.find(
                (key) =>
                  key.domain === name &&
                  key.selector === each &&
                  (standing.path === undefined || standing.path === key.path),
              )?.publicKey
        return wish === 'gone' || typeof publicKey !== 'string' ? [] : [{ domain: name, selector: each, publicKey }]
      })
  })
}
