// The mail of one host, from its answers: its keys, and the addresses from which others see its mail.
import { spentSelector } from '../../signers/keys/spent-selector.ts'
import { dkimName } from '../../mail/records/dkim/record.ts'
import type { MailKey } from '../../mail/fleet/mail-fleet.ts'
import type { MailVars } from '../../mail/fleet/mail-vars.ts'
import { isSameName } from '../../mail/names/names.ts'
import { FOREIGN_REMEDY, speaksFor, type OwnSelectors } from '../../mail/fleet/own-selectors.ts'
import { publishableKey } from '../../mail/records/dkim/public-key.ts'
import type { Finding } from '../../findings/finding.ts'
import { fleetFinding } from '../../mail/fleet/findings.ts'
import { dnsWish } from '../../mail/rotation/dns-wish.ts'
import { selectorsIn, standingOf, type Standing } from '../../mail/rotation/history.ts'
import { isInside } from '../../mail/fleet/sending-address.ts'
import type { KeyHistory } from '../../signers/keys/dkim-history.ts'
import type { RefusedKey } from '../../audit/evidence.ts'
import type { HostKeys } from '../../signers/keys/host-keys.ts'
import type { Signing } from '../../signers/keys/signing.ts'
import type { OutgoingAddresses } from '../../resources/postfix/outgoing-addresses.ts'

type Outputs = Readonly<Record<string, unknown>>

/** The state of a signing probe after conversion to JSON. */
type ReportedSigning = Omit<Signing, 'key'> & {
  readonly key: { readonly kind: Signing['key']['kind']; readonly publicKey?: string | null }
}

/** The addresses of the inventory, else those that the host said; or why neither is known, in words after its name. */
export function addressesOf(
  { outgoing_addresses: said }: Pick<MailVars, 'outgoing_addresses'>,
  outputs: Outputs,
): readonly string[] | string {
  const set = 'set outgoing_addresses to the addresses that others see its mail come from'
  if (said !== undefined) return said
  const reported = (outputs['outgoing'] ?? null) as OutgoingAddresses | null
  if (reported === null) return `does not tell the addresses that its mail leaves from: ${set}`
  if (reported.relayhost !== '')
    return `hands its mail to ${reported.relayhost} (relayhost), which others see it come from: ${set}`
  const [unfit] = reported.unfit ?? []
  if (unfit !== undefined) return `says that its mail leaves from ${unfit}: ${set}`
  const inside = reported.addresses.find(isInside)
  if (inside !== undefined) return `sends from ${inside}, which is not its address outside: ${set}`
  return reported.addresses.length === 0 ? `has no route to the world: ${set}` : reported.addresses
}

/** A host, and the selectors that the inventory gives it. */
export interface KeyHolder {
  readonly name: string
  readonly own: OwnSelectors
}

/**
 * The keys in use, and those that a rotation adds and removes, if the inventory gives their selectors to the host and
 * they can be published. A finding reports every other key.
 *
 * @param toCome - whether missing keys, and keys that cannot be read before a program is installed, will be made soon.
 */
export function keysOf(holder: KeyHolder, outputs: Outputs, findings: Finding[], toCome: boolean): readonly MailKey[] {
  const { name, own } = holder
  const spoken = spokenKeys(own, outputs)
  findings.push(...spoken.refused.map((each) => refusedFinding(name, each)))
  for (const reported of signingsIn(outputs)) {
    const spent = spentSelector(reported)
    if (spent !== undefined)
      findings.push(fleetFinding('dkim-lost-key', `${name}: ${spent}`, { remedy: 'then plan again' }))
    else if (typeof reported.key.publicKey !== 'string') findings.push(missingKey(reported, name, toCome))
  }
  return spoken.keys
}

const REFUSED_REMEDY = {
  'selector-foreign': FOREIGN_REMEDY,
  'dkim-unfit-key': 'make a key of 2048 bits on the host, with another selector (mailrun rotate --start)',
} as const

const refusedFinding = (host: string, { id, what }: RefusedKey): Finding =>
  fleetFinding(id, `${host} ${what}`, { remedy: REFUSED_REMEDY[id] })

export interface SpokenKeys {
  readonly keys: readonly MailKey[]
  readonly refused: readonly RefusedKey[]
}

/** Divides the keys that a host names into those to publish and those to refuse. */
export function spokenKeys(own: OwnSelectors, outputs: Outputs): SpokenKeys {
  const weighed = [...signingKeys(outputs), ...rotatingKeys(outputs)].map((reported) => weigh(reported, own))
  return {
    keys: weighed.filter((each): each is MailKey => !('id' in each)),
    refused: weighed.filter((each): each is RefusedKey => 'id' in each),
  }
}

/** A key that a host names. */
interface ReportedKey {
  readonly domain: string
  readonly selector: string
  /** Empty if the key is revoked. */
  readonly publicKey: string
  /** For a revoked key: the key that the host has at this selector. */
  readonly held?: string | undefined
  readonly inUse: boolean
}

function weigh({ domain, selector, publicKey, held, inUse }: ReportedKey, own: OwnSelectors): MailKey | RefusedKey {
  const at = { domain, selector }
  const record = dkimName(domain, selector)
  if (!speaksFor(own, domain, selector)) {
    const does = inUse ? `signs for ${domain} with the selector` : `has in its history for ${domain} the selector`
    const what = `${does} ${selector}, which the inventory does not give it: ${record} is left alone`
    return { ...at, id: 'selector-foreign', what }
  }
  if (publicKey === '') return { ...at, publicKey, claim: { own, held } }
  const weighed = publishableKey(publicKey)
  if ('key' in weighed) return { ...at, publicKey: weighed.key, claim: { own } }
  const what = `has a key for ${record} that is not published: its public key ${weighed.why}`
  return { ...at, id: 'dkim-unfit-key', what }
}

const signingsIn = (outputs: Outputs): readonly ReportedSigning[] =>
  (outputs['signing'] ?? []) as readonly ReportedSigning[]

const signingKeys = (outputs: Outputs): readonly ReportedKey[] =>
  signingsIn(outputs).flatMap((reported) => {
    const { domain, selector, key } = reported
    const isKey = typeof key.publicKey === 'string' && spentSelector(reported) === undefined
    return isKey ? [{ domain, selector, publicKey: key.publicKey, inUse: true }] : []
  })

function missingKey({ domain, selector, path, key }: ReportedSigning, host: string, toCome: boolean): Finding {
  if (toCome && (key.kind === 'key' || key.kind === 'absent')) {
    const message = `the record ${dkimName(domain, selector)} is not known before ${host} has its key`
    return fleetFinding('dkim-key-to-come', message, { remedy: 'the run makes the key, and publishes it' })
  }
  if (key.kind === 'absent') {
    const remedy = 'run playbooks/dkim.ts, then plan again'
    return fleetFinding('dkim-no-key', `${host} has no key for ${domain} yet`, { remedy })
  }
  const why = UNREADABLE[key.kind] ?? ' is no private key'
  return fleetFinding(
    'dkim-unreadable-key',
    `${host} has a key for ${domain} whose public half cannot be known (${path}${why})`,
    { remedy: 'correct it on the host, then plan again' },
  )
}

/** Why a key cannot be read, by the kind of the file; words that follow the path. */
const UNREADABLE: Readonly<Record<string, string>> = { symlink: ' is a link', key: ': openssl is not installed' }

/** The name of the output that has the history of a domain. */
export const historyOutput = (name: string): string => `history ${name}`

/**
 * Keys that will sign, that signed until recently, and that are revoked: `mailrun rotate` wants them in DNS, beside the
 * keys in use.
 */
function rotatingKeys(outputs: Outputs): readonly ReportedKey[] {
  const { keys } = (outputs['keys'] ?? { keys: [] }) as HostKeys
  return signingsIn(outputs).flatMap((reported) => {
    const { domain } = reported
    const inUse = spentSelector(reported) === undefined ? reported.selector : undefined
    const { marks = [] } = (outputs[historyOutput(domain)] ?? {}) as Partial<KeyHistory>
    const own = keys.filter((key) => key.domain === domain)
    return selectorsIn(marks)
      .filter((each) => inUse === undefined || !isSameName(each, inUse))
      .flatMap((selector): readonly ReportedKey[] => {
        const standing = standingOf(marks, selector)
        const wish = dnsWish(standing, false)
        const held = heldKey(standing, own)
        if (wish === 'revoked') return [{ domain, selector, publicKey: '', held, inUse: false }]
        return wish === 'key' && held !== undefined ? [{ domain, selector, publicKey: held, inUse: false }] : []
      })
  })
}

/** The public key that a host has at a selector. */
function heldKey({ selector, path }: Standing<unknown>, keys: HostKeys['keys']): string | undefined {
  const key = keys.find((each) => isSameName(each.selector, selector) && (path === undefined || path === each.path))
  // As JSON, a key that cannot be read is `null`.
  return key?.publicKey ?? undefined
}
