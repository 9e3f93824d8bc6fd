// Judges a message that was really sent, from what the host said, what its log says, and what the receiver found.
import type { AuthenticationResult } from '../mail/messages/authentication-results.ts'
import type { DeliveryMessage } from '../mail/messages/delivery-message.ts'
import type { MailFate } from '../mail/messages/postfix-log.ts'
import type { DeliveryProof, HostProof, Verdict } from '../mail/proof/proof.ts'
import { leftOutVerdict } from './delivery-plan.ts'
import type { HandedIn } from './hand-in.ts'
import { METHODS, selectorsOf, stampsOf, type Method, type Stamps } from './stamps.ts'

/** All that is known of one message. */
export interface DeliveryEvidence {
  readonly message: DeliveryMessage
  /** `undefined`: the host did not tell. */
  readonly handed: HandedIn | undefined
  readonly fate: MailFate | undefined
  /** As it lies in the mailbox. */
  readonly mail: string | undefined
  /** Why it could not be handed in, or not be followed. */
  readonly problem: string | undefined
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
    verdict: receivedVerdict(evidence.message, found, known),
  }
}

/** Postfix's answer to the end of a message. */
export const queueIdOf = (handed: HandedIn | undefined): string | undefined =>
  /queued as (\w+)/.exec(handed?.answer ?? '')?.[1]

function unreadVerdict(evidence: DeliveryEvidence): Verdict {
  const { handed, fate } = evidence
  if (handed !== undefined && handed.word !== 'taken') return untakenVerdict(handed.word, handed.answer)
  return fate === undefined ? noAnswerVerdict(evidence) : fateVerdict(fate, evidence)
}

function untakenVerdict(word: Exclude<HandedIn['word'], 'taken'>, answer: string): Verdict {
  switch (word) {
    case 'closed':
      return leftOutVerdict(answer || 'nobody listens there')
    case 'off':
      return {
        status: 'fail',
        id: 'put-off',
        what: `the host defers the message: ${answer}`,
        advice: "the verdicts about signing, and the host's log, say why",
      }
    case 'refused':
      return {
        status: 'fail',
        id: 'refused',
        what: `the host does not accept the message: ${answer}`,
        advice: "see the host's log",
      }
  }
}

const noAnswerVerdict = ({ message: { nonce }, problem, waitedSeconds }: DeliveryEvidence): Verdict => ({
  status: 'unknown',
  id: 'not-told',
  what:
    problem ?? `the host accepted the message, and its log does not say within ${waitedSeconds} s what happened to it`,
  advice: `look for ${nonce} in the host's log and at the receiver`,
})

function fateVerdict({ kind, by: server, answer }: MailFate, evidence: DeliveryEvidence): Verdict {
  const by = server === '' ? 'the host' : server
  switch (kind) {
    case 'put-off':
      return {
        status: 'fail',
        id: 'put-off',
        what: `a milter defers the message, so it waits on the host: ${answer}`,
        advice: 'correct the milter (see the verdicts about signing); the message then leaves by itself',
      }
    case 'refused':
      return {
        status: 'fail',
        id: 'refused',
        what: `a milter refuses the message: ${answer}`,
        advice: "see that milter's log",
      }
    case 'bounced':
      return {
        status: 'fail',
        id: 'bounced',
        what: `${by} refuses it: ${answer}`,
        advice: 'its answer says why; mail to the address does not arrive from this host',
      }
    case 'deferred':
      return {
        status: 'unknown',
        id: 'deferred',
        what: `after ${evidence.waitedSeconds} s it still waits on the host, as ${by} says: ${answer}`,
        advice:
          'a receiver that greylists takes it later: give --wait more seconds, or ask again in a quarter of an hour',
      }
    case 'stayed':
      return {
        status: 'unknown',
        id: 'not-left',
        what: `the host delivered it itself (${by}): this proves nothing about mail to others`,
        advice: 'use an address on another server',
      }
    case 'sent':
      return sentVerdict(`${by} took it: ${answer}`, evidence)
  }
}

function sentVerdict(taken: string, { message: { path, nonce }, mailbox, waitedSeconds }: DeliveryEvidence): Verdict {
  if (mailbox !== undefined) {
    return {
      status: 'unknown',
      id: 'not-received',
      what: `${taken}; after ${waitedSeconds} s it is not in ${mailbox}`,
      advice: 'is that the mailbox of the address? Else follow it in the log of the receiver',
    }
  }
  const bounce = path === 'bounce' ? ' (a bounce that returns the message with the nonce)' : ''
  return {
    status: 'none',
    id: 'taken',
    what: `${taken}${bounce}; what it found is in Authentication-Results there: look for ${nonce}`,
  }
}

function receivedVerdict(
  { domain, path }: Pick<DeliveryMessage, 'domain' | 'path'>,
  found: Stamps,
  known: ReadonlySet<string>,
): Verdict {
  const what = (says: string): string => `${says}: ${resultsIn(found)}, by ${found.by || 'the receiver'}`
  const bad = METHODS.map((method) => badResultOf(method, found[method])).filter((each) => each !== undefined)
  const worst = bad.find(({ status }) => status === 'fail') ?? bad[0]
  if (worst !== undefined) return { status: worst.status, id: worst.id, what: what(worst.says), advice: worst.advice }
  const silent = METHODS.filter((method) => found[method].length === 0)
  if (silent.length > 0) {
    return {
      status: 'unknown',
      id: 'no-results',
      what: what(`the receiver says nothing about ${silent.join(' and ')}`),
      advice: 'use a mailbox whose receiver verifies all three',
    }
  }
  const selectors = selectorsOf(found)
  if (known.size > 0 && selectors.length > 0 && !selectors.some((each) => known.has(each))) {
    return {
      status: 'fail',
      id: 'other-selector',
      what: what(
        `mail of ${domain} by ${path} is signed, ` +
          `but with a key that this host's milters do not sign with (${[...known].join(', ')})`,
      ),
      advice: 'find out which server on the way signs',
    }
  }
  return { status: 'pass', id: 'arrived', what: what('arrived') }
}

/** `dkim=pass spf=pass dmarc=(nothing) s=mx1` */
function resultsIn(found: Stamps): string {
  const results = METHODS.map((method) => {
    const words = found[method].map(({ result }) => result).join(',')
    return `${method}=${words || '(nothing)'}`
  })
  const selectors = selectorsOf(found)
  return [...results, ...(selectors.length === 0 ? [] : [`s=${selectors.join(',')}`])].join(' ')
}

interface BadResult {
  readonly status: 'fail' | 'unknown'
  readonly id: string
  readonly says: string
  readonly advice: string
}

/** One signature that verifies is enough; of SPF and DMARC several verifiers may speak, and all must say the same. */
function badResultOf(method: Method, results: readonly AuthenticationResult[]): BadResult | undefined {
  if (results.length === 0) return undefined
  const words = results.map(({ result }) => result)
  if (method === 'dkim' ? words.includes('pass') : words.every((word) => word === 'pass')) return undefined
  // The one that says the most: some verifiers call a softfail fail.
  const word =
    words.find((each) => !['pass', 'fail', 'none'].includes(each)) ??
    words.find((each) => each === 'fail') ??
    words.find((each) => each !== 'pass')!
  if (word === 'temperror') {
    return {
      status: 'unknown',
      id: 'dns-failed',
      says: `the receiver could not ask DNS for ${method}`,
      advice: 'ask again',
    }
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
  dkim:
    'see the verdicts on signing: which milters Postfix asks on this path, ' +
    'and whether the key in DNS is the one that signs',
  spf: 'see the verdicts on SPF, and the address in the topmost Received field: it must be in the record',
  dmarc: 'DKIM or SPF must pass for the domain of From; see the verdicts on DMARC',
}
