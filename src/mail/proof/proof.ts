// The result of `mailrun verify`: for each domain of each host, whether mail would be signed, verified, authorized and
// aligned.

import type { Cause } from '../../findings/cause.ts'

/** `unknown`: it could not be found out. `none`: there is nothing to prove. */
export type ProofStatus = 'pass' | 'fail' | 'unknown' | 'none'

/** One verdict, with what to do where it is no pass. */
export interface Verdict {
  readonly status: ProofStatus
  /** Stable, for programs: `signed`, `key-differs`, `milter-unreached` … */
  readonly id: string
  readonly what: string
  readonly advice?: string
  /** That it has in common with others; left out: with none. */
  readonly cause?: Cause
}

/** What a name server's record makes of a signature. */
export interface ServerVerdict extends Verdict {
  /** Name and address of the server. */
  readonly server: string
}

export interface SignatureProof {
  /** `d=` */
  readonly domain: string
  /** `s=` */
  readonly selector: string
  /** `a=` */
  readonly algorithm: string
  /** Of the key in DNS; `undefined` where none could be read. */
  readonly bits?: number
  readonly servers: readonly ServerVerdict[]
  /** Why no name server could be asked. */
  readonly unasked?: string
}

export interface SigningProof {
  readonly domain: string
  readonly role: 'local' | 'submission' | 'outsider' | 'bounce'
  readonly verdict: Verdict
  /** The milters that were asked. */
  readonly milters: readonly string[]
  readonly signatures: readonly SignatureProof[]
  /** Of mail that is signed as it must be: what is wrong with it as mail to many (RFC 8058). Left out: nothing. */
  readonly oneClick?: Verdict
  /** The message with its signatures, as it would leave (CRLF), where it is signed: for other verifiers. */
  readonly message?: string
}

export interface SpfProof {
  readonly identity: 'mailfrom' | 'helo'
  readonly domain: string
  readonly address: string
  /** RFC 7208: `pass`, `fail`, `softfail`, `neutral`, `none`, `temperror`, `permerror`; by server where they differ. */
  readonly result: string
  readonly verdict: Verdict
}

export interface DmarcProof {
  readonly domain: string
  /** Where the record is that holds. */
  readonly at?: string
  /** What receivers are asked to do with mail that fails. */
  readonly policy?: string
  /** Signing domains that verify and align; MAIL FROM's where SPF does. */
  readonly aligned: { readonly dkim: readonly string[]; readonly spf: readonly string[] }
  readonly verdict: Verdict
}

export interface AddressProof {
  readonly address: string
  /** Names that the address has. */
  readonly names: readonly string[]
  readonly verdict: Verdict
}

/**
 * How a message leaves: by sendmail(1), by SMTP to the host's port 25 or 587; `root` as cron sends, `bounce` from the
 * null sender.
 */
export const DELIVERY_PATHS = ['sendmail', 'smtp', 'submission', 'root', 'bounce'] as const
export type DeliveryPath = (typeof DELIVERY_PATHS)[number]

/** What became of a message that was really sent. */
export interface DeliveryProof {
  /** Of From. */
  readonly domain: string
  readonly path: DeliveryPath
  /**
   * In its Subject and its Message-ID, for a bounce in those of the message that it returns; left out: none was sent.
   */
  readonly nonce?: string
  /** Under which the host took it. */
  readonly queueId?: string
  /** What the receiver's Authentication-Results say, where they were read. */
  readonly results?: { readonly spf: string; readonly dkim: string; readonly dmarc: string }
  /** Selectors of the signatures that the receiver verified. */
  readonly selectors?: readonly string[]
  readonly verdict: Verdict
}

export interface HostProof {
  readonly name: string
  /** `failed`, `unreachable`, `interrupted`, `not-reached`: nothing was found out, and `error` says why. */
  readonly status: 'pass' | 'fail' | 'unknown' | 'failed' | 'unreachable' | 'interrupted' | 'not-reached'
  readonly error?: string
  readonly helo?: string
  readonly addresses: readonly string[]
  readonly signing: readonly SigningProof[]
  readonly spf: readonly SpfProof[]
  readonly dmarc: readonly DmarcProof[]
  readonly reverse: readonly AddressProof[]
  /** Only where mail was to be sent. */
  readonly delivery: readonly DeliveryProof[]
}

export const verdictsOf = ({ signing, spf, dmarc, reverse, delivery }: HostProof): readonly Verdict[] => [
  ...signing.flatMap(signingVerdicts),
  ...[...spf, ...dmarc, ...reverse, ...delivery].map(({ verdict }) => verdict),
]

/** Of one message to the milters. */
export const signingVerdicts = ({ verdict, oneClick }: SigningProof): readonly Verdict[] =>
  oneClick === undefined ? [verdict] : [verdict, oneClick]

/** Of a host that answered: with the status that its verdicts come to. */
export function withStatus(proof: HostProof): HostProof {
  const verdicts = verdictsOf(proof)
  const some = (status: ProofStatus): boolean => verdicts.some((each) => each.status === status)
  return { ...proof, status: some('fail') ? 'fail' : some('unknown') || verdicts.length === 0 ? 'unknown' : 'pass' }
}
