// Judges a message that was really sent: what the host said, what its log says, and what the receiver found.
import { parseAuthenticationResults, type AuthenticationResult } from '../mail/authentication-results.ts'
import type { DeliveryMessage } from '../mail/delivery-message.ts'
import { headerFields, valuesOfField } from '../mail/header-fields.ts'
import type { MailFate } from '../mail/postfix-log.ts'
import type { DeliveryProof, HostProof, Verdict } from '../model/proof.ts'
import { leftOutVerdict } from './delivery-plan.ts'
import type { HandedIn } from './hand-in.ts'

/** All that is known of one message. */
export interface DeliveryEvidence {
  readonly message: DeliveryMessage
  /** `undefined`: the host did not tell. */
  readonly handed: HandedIn | undefined
  readonly fate: MailFate | undefined
  /** As it lies in the mailbox. */
  readonly mail: string | undefined
  /** Why it could not be handed in, or not be followed. */
  readonly obstacle: string | undefined
  /** The mailbox that was read; `undefined`: none. */
  readonly mailbox: string | undefined
  readonly waitedSeconds: number
}

/** @param host - what was proved without mail: the selectors that it signs with. */
export function proveDelivery(evidence: DeliveryEvidence, { signing }: Pick<HostProof, 'signing'>): DeliveryProof {
  const {
    message: { domain, path, nonce },
    handed,
    mail,
  } = evidence
  const queueId = queueIdOf(handed)
  const base = {
    domain,
    path,
    ...(handed?.word === 'closed' ? {} : { nonce }),
    ...(queueId === undefined ? {} : { queueId }),
  }
  if (mail === undefined) return { ...base, verdict: unreadVerdict(evidence) }
  const found = stampsOf(mail)
  const known = new Set(signing.flatMap(({ signatures }) => signatures.map(({ selector }) => selector)))
  const of = (method: Method): string => found[method].map(({ result }) => result).join(', ') || 'nothing'
  return {
    ...base,
    results: { spf: of('spf'), dkim: of('dkim'), dmarc: of('dmarc') },
    selectors: selectorsOf(found),
    verdict: receivedVerdict(message(evidence), found, known),
  }
}

const message = ({ message: { domain, path } }: DeliveryEvidence): Pick<DeliveryMessage, 'domain' | 'path'> => ({
  domain,
  path,
})

/** Postfix's answer to the end of a message. */
export const queueIdOf = (handed: HandedIn | undefined): string | undefined =>
  /queued as (\w+)/.exec(handed?.answer ?? '')?.[1]

function unreadVerdict({
  message: { path, nonce },
  handed,
  fate,
  obstacle,
  mailbox,
  waitedSeconds,
}: DeliveryEvidence): Verdict {
  if (handed?.word === 'closed') return leftOutVerdict(handed.answer || 'nobody listens there')
  if (handed?.word === 'off')
    return {
      status: 'fail',
      id: 'put-off',
      what: `the host puts the message off: ${handed.answer}`,
      advice: "what its milters do says why: see the verdicts on signing, and the host's log",
    }
  if (handed?.word === 'refused')
    return {
      status: 'fail',
      id: 'refused',
      what: `the host does not take the message: ${handed.answer}`,
      advice: "see the host's log",
    }
  if (fate === undefined)
    return {
      status: 'unknown',
      id: 'not-told',
      what:
        obstacle ?? `the host took the message, and its log does not say within ${waitedSeconds} s what became of it`,
      advice: `look for ${nonce} in the host's log and at the receiver`,
    }
  const by = fate.by === '' ? 'the host' : fate.by
  switch (fate.kind) {
    case 'put-off':
      return {
        status: 'fail',
        id: 'put-off',
        what: `a milter puts the message off, and it waits on the host: ${fate.answer}`,
        advice: 'mend the milter (see the verdicts on signing): the message then leaves by itself',
      }
    case 'refused':
      return {
        status: 'fail',
        id: 'refused',
        what: `a milter refuses the message: ${fate.answer}`,
        advice: "see that milter's log",
      }
    case 'bounced':
      return {
        status: 'fail',
        id: 'bounced',
        what: `${by} refuses it: ${fate.answer}`,
        advice: 'its answer says why; mail to the address does not arrive from this host',
      }
    case 'deferred':
      return {
        status: 'unknown',
        id: 'deferred',
        what: `after ${waitedSeconds} s it still waits on the host, as ${by} says: ${fate.answer}`,
        advice:
          'a receiver that greylists takes it later: give --wait more seconds, or ask again in a quarter of an hour',
      }
    case 'stayed':
      return {
        status: 'unknown',
        id: 'not-left',
        what: `the host delivered it itself (${by}): nothing is proved of mail to others`,
        advice: 'give an address that is elsewhere',
      }
    case 'sent':
      return mailbox === undefined
        ? {
            status: 'none',
            id: 'taken',
            what: `${by} took it: ${fate.answer}${path === 'bounce' ? ' (a bounce that returns the message with the nonce)' : ''}; what it found is in Authentication-Results there: look for ${nonce}`,
          }
        : {
            status: 'unknown',
            id: 'not-received',
            what: `${by} took it: ${fate.answer}; after ${waitedSeconds} s it is not in ${mailbox}`,
            advice: 'is that the mailbox of the address? Else follow it in the log of the receiver',
          }
  }
}

const METHODS = ['dkim', 'spf', 'dmarc'] as const
type Method = (typeof METHODS)[number]
type Stamps = Readonly<Record<Method, readonly AuthenticationResult[]>> & {
  readonly by: string
  readonly signed: readonly { readonly domain: string; readonly selector: string }[]
}

/**
 * RFC 8601, section 5: each server puts its own on top, so those of the topmost one's name are the receiver's; others
 * were there before.
 */
function stampsOf(mail: string): Stamps {
  const fields = headerFields(mail)
  const all = valuesOfField(fields, 'Authentication-Results').map(parseAuthenticationResults)
  const by = all[0]?.authservId ?? ''
  const results = all.filter(({ authservId }) => authservId === by).flatMap((each) => each.results)
  const of = (method: Method): readonly AuthenticationResult[] => results.filter((each) => each.method === method)
  const signed = valuesOfField(fields, 'DKIM-Signature').map((value) => ({
    domain: tagOf(value, 'd'),
    selector: tagOf(value, 's'),
  }))
  return { by, dkim: of('dkim'), spf: of('spf'), dmarc: of('dmarc'), signed }
}

const tagOf = (signature: string, tag: string): string =>
  (new RegExp(`(?:^|;)\\s*${tag}\\s*=([^;]*)`).exec(signature)?.[1] ?? '').replaceAll(/\s/g, '').toLowerCase()

/** Some verifiers do not say which one they mean: then the signatures of that domain. */
function selectorsOf({ dkim, signed }: Stamps): readonly string[] {
  return [
    ...new Set(
      dkim
        .filter(({ result }) => result === 'pass')
        .flatMap(({ properties }) => {
          const selector = properties['header.s']?.toLowerCase()
          const domain = (properties['header.d'] ?? properties['header.i']?.replace(/^.*@/, ''))?.toLowerCase()
          return selector !== undefined
            ? [selector]
            : signed.filter((each) => each.domain === domain).map((each) => each.selector)
        }),
    ),
  ]
}

function receivedVerdict(
  { domain, path }: Pick<DeliveryMessage, 'domain' | 'path'>,
  found: Stamps,
  known: ReadonlySet<string>,
): Verdict {
  const told = `${METHODS.map((method) => `${method}=${found[method].map(({ result }) => result).join(',') || '(nothing)'}`).join(' ')}${selectorsOf(found).length === 0 ? '' : ` s=${selectorsOf(found).join(',')}`}`
  const what = (says: string): string => `${says}: ${told}, by ${found.by || 'the receiver'}`
  const silent = METHODS.find((method) => found[method].length === 0)
  const faults = METHODS.map((method) => faultOf(method, found[method])).filter((fault) => fault !== undefined)
  const worst = faults.find(({ status }) => status === 'fail') ?? faults[0]
  if (worst !== undefined) return { status: worst.status, id: worst.id, what: what(worst.says), advice: worst.advice }
  if (silent !== undefined)
    return {
      status: 'unknown',
      id: 'no-results',
      what: what(
        `the receiver says nothing of ${METHODS.filter((method) => found[method].length === 0).join(' and ')}`,
      ),
      advice: 'read the mail where all three are verified',
    }
  const selectors = selectorsOf(found)
  if (known.size > 0 && selectors.length > 0 && !selectors.some((each) => known.has(each)))
    return {
      status: 'fail',
      id: 'other-selector',
      what: what(
        `mail of ${domain} by ${path} is signed, but with a key that this host's milters do not sign with (${[...known].join(', ')})`,
      ),
      advice: 'see which server on the way signs',
    }
  return { status: 'pass', id: 'arrived', what: what('arrived') }
}

interface Fault {
  readonly status: 'fail' | 'unknown'
  readonly id: string
  readonly says: string
  readonly advice: string
}

/** One signature that verifies is enough; of SPF and DMARC several verifiers may speak, and all must say the same. */
function faultOf(method: Method, results: readonly AuthenticationResult[]): Fault | undefined {
  if (results.length === 0) return undefined
  const words = results.map(({ result }) => result)
  if (method === 'dkim' ? words.includes('pass') : words.every((word) => word === 'pass')) return undefined
  // The one that says the most: some verifiers call a softfail fail.
  const word =
    words.find((each) => !['pass', 'fail', 'none'].includes(each)) ??
    words.find((each) => each === 'fail') ??
    words.find((each) => each !== 'pass')!
  if (word === 'temperror')
    return {
      status: 'unknown',
      id: 'dns-failed',
      says: `the receiver could not ask DNS for ${method}`,
      advice: 'ask again',
    }
  const known = KNOWN_RESULTS[method].includes(word) ? word : 'fail'
  return {
    status: 'fail',
    id: `${method}-${known}`,
    says: SAYS[`${method}-${known}`] ?? `${method} does not pass`,
    advice: ADVICE[method],
  }
}

/** The verdicts of RFC 8601, section 2.7, that have a name here; others count as `fail`. */
export const KNOWN_RESULTS: Readonly<Record<Method, readonly string[]>> = {
  dkim: ['none', 'fail', 'neutral', 'permerror', 'policy'],
  spf: ['none', 'fail', 'softfail', 'neutral', 'permerror'],
  dmarc: ['none', 'fail'],
}

const SAYS: Readonly<Record<string, string>> = {
  'dkim-none': 'it arrived unsigned',
  'dkim-fail': 'its signature does not verify',
  'dkim-permerror': 'its signature or its key cannot be used',
  'dmarc-none': 'no DMARC record holds at the receiver',
}

const ADVICE: Readonly<Record<Method, string>> = {
  dkim: 'see the verdicts on signing: which milters Postfix asks on this path, and whether the key in DNS is the one that signs',
  spf: 'see the verdicts on SPF, and the address in the topmost Received field: it must be in the record',
  dmarc: 'DKIM or SPF must pass for the domain of From; see the verdicts on DMARC',
}
