// Publish before sign: decides with which keys a host may sign, from what name servers serve. A pure function.
import { dkimName, dkimValue } from '../../../mail/records/dkim/record.ts'
import type { NameServerVars, OutsideAnswer, OutsideQuestion } from '../../../core/probe/outside-question.ts'
import type { Remarks } from '../../../core/task/plan.ts'
import { isKnown, UNKNOWN } from '../../../core/unknown.ts'
import type { Signing } from '../../keys/signing.ts'

/** Whether every name server serves its record. */
export function servedQuestion({ domain, selector, key }: Signing, dns: NameServerVars): OutsideQuestion {
  const value = key.kind === 'key' && isKnown(key.publicKey) ? dkimValue(key.publicKey) : UNKNOWN
  return { to: 'name-servers', record: { name: dkimName(domain, selector), type: 'TXT', value, purpose: 'dkim' }, dns }
}

export interface Gate {
  /** That the host is to sign with. */
  readonly open: readonly Signing[]
  readonly remarks: Remarks
}

/**
 * A key in use goes on signing whatever DNS says: mail without a signature is no better off than mail whose signature
 * cannot be verified now, and worse once it can. A new one waits for every name server.
 *
 * @param answers - to {@link servedQuestion} of each key, in order.
 */
export function signingGate(signing: readonly Signing[], answers: readonly OutsideAnswer[]): Gate {
  const unserved = signing.flatMap((each, index): readonly Unserved[] => {
    const answer = answers[index]!
    return answer.kind === 'served'
      ? []
      : [
          {
            signing: each,
            why: `${dkimName(each.domain, each.selector)}: ${answer.where.join('; ')}`,
            instead: answer.instead === true,
          },
        ]
  })
  const held = unserved.filter(({ signing: { inUse } }) => !inUse)
  const wrong = unserved.filter(({ signing: { inUse } }) => inUse)
  const closed = new Set(held.map((each) => each.signing))
  return {
    open: signing.filter((each) => !closed.has(each)),
    remarks: {
      ...(held.length === 0 ? {} : { held: heldBack(held) }),
      ...(wrong.length === 0 ? {} : { warning: signedAllTheSame(wrong) }),
    },
  }
}

interface Unserved {
  readonly signing: Signing
  /** What which name server says of its record. */
  readonly why: string
  /** Whether one of them serves something else there. */
  readonly instead: boolean
}

const heldBack = (held: readonly Unserved[]): string =>
  `mail of ${domainsOf(held)} is not signed before every name server serves the key's record: ` +
  `${publish(held, 'publish it ("mailrun dns push" does, "mailrun dns plan" shows it)')}, ` +
  `and run again once it is served${listOf(held)}`

const signedAllTheSame = (wrong: readonly Unserved[]): string =>
  `mail of ${domainsOf(wrong)} is signed with a key that not every name server serves, and goes on being: ` +
  `${publish(wrong, 'publish it ("mailrun dns push")')}${listOf(wrong)}`

/** No push replaces another key unasked. */
const publish = (unserved: readonly Unserved[], how: string): string =>
  unserved.some(({ instead }) => instead)
    ? 'DNS has something else there, which no push replaces unasked; "mailrun dns plan" tells the next free ' +
      'selector, and how to replace it'
    : how

const domainsOf = (unserved: readonly Unserved[]): string =>
  unserved.map(({ signing: { domain } }) => domain).join(', ')

const listOf = (unserved: readonly Unserved[]): string => unserved.map(({ why }) => `\n${why}`).join('')
