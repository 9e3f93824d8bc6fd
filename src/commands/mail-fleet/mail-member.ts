// A host of a mail fleet by what it told: its keys, and the addresses that others see its mail come from.
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

/** What a signing probe's state is as JSON. */
type ToldSigning = Omit<Signing, 'key'> & {
  readonly key: { readonly kind: Signing['key']['kind']; readonly publicKey?: string | null }
}

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
  const [unfit] = told.unfit ?? []
  if (unfit !== undefined) return `says that its mail leaves from ${unfit}: ${set}`
  const inside = told.addresses.find(isInside)
  if (inside !== undefined) return `sends from ${inside}, which is not its address outside: ${set}`
  return told.addresses.length === 0 ? `has no route to the world: ${set}` : told.addresses
}

/** Who tells, and the selectors that it may speak for. */
export interface KeyHolder {
  readonly name: string
  readonly own: OwnSelectors
}

/**
 * The keys in use, and those that come and go by a rotation, as far as the host may speak for them and they can be
 * published; what else it names is told.
 *
 * @param toCome - keys that are not there yet, or cannot be read before their programs are there, are about to be.
 */
export function keysOf(holder: KeyHolder, outputs: Outputs, findings: Finding[], toCome: boolean): readonly MailKey[] {
  const { name, own } = holder
  const spoken = spokenKeys(own, outputs)
  findings.push(...spoken.refused.map((each) => refusedFinding(name, each)))
  for (const told of signingsIn(outputs)) {
    const spent = spentSelector(told)
    if (spent !== undefined)
      findings.push(fleetFinding('dkim-lost-key', `${name}: ${spent}`, { remedy: 'then plan again' }))
    else if (typeof told.key.publicKey !== 'string') findings.push(missingKey(told, name, toCome))
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

/** What a host's word on its keys comes to. */
export function spokenKeys(own: OwnSelectors, outputs: Outputs): SpokenKeys {
  const weighed = [...signingKeys(outputs), ...rotatingKeys(outputs)].map((told) => weigh(told, own))
  return {
    keys: weighed.filter((each): each is MailKey => !('id' in each)),
    refused: weighed.filter((each): each is RefusedKey => 'id' in each),
  }
}

/** A key as the host tells it. */
interface ToldKey {
  readonly domain: string
  readonly selector: string
  /** Empty: it is revoked. */
  readonly publicKey: string
  /** Of one that is revoked: the key that the host has there. */
  readonly held?: string | undefined
  readonly inUse: boolean
}

function weigh({ domain, selector, publicKey, held, inUse }: ToldKey, own: OwnSelectors): MailKey | RefusedKey {
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

const signingsIn = (outputs: Outputs): readonly ToldSigning[] => (outputs['signing'] ?? []) as readonly ToldSigning[]

const signingKeys = (outputs: Outputs): readonly ToldKey[] =>
  signingsIn(outputs).flatMap((told) => {
    const { domain, selector, key } = told
    const isKey = typeof key.publicKey === 'string' && spentSelector(told) === undefined
    return isKey ? [{ domain, selector, publicKey: key.publicKey, inUse: true }] : []
  })

function missingKey({ domain, selector, path, key }: ToldSigning, host: string, toCome: boolean): Finding {
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
    `${host} has a key for ${domain} whose public half cannot be told (${path}${why})`,
    { remedy: 'mend it on the host, then plan again' },
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
function rotatingKeys(outputs: Outputs): readonly ToldKey[] {
  const { keys } = (outputs['keys'] ?? { keys: [] }) as HostKeys
  return signingsIn(outputs).flatMap((told) => {
    const { domain } = told
    const inUse = spentSelector(told) === undefined ? told.selector : undefined
    const { marks = [] } = (outputs[historyOutput(domain)] ?? {}) as Partial<KeyHistory>
    const own = keys.filter((key) => key.domain === domain)
    return selectorsIn(marks)
      .filter((each) => inUse === undefined || !isSameName(each, inUse))
      .flatMap((selector): readonly ToldKey[] => {
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
