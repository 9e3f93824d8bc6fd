// Publish before sign: decides with which keys a host may sign, from what name servers serve. A pure function.
import { dkimName, dkimValue } from '../../../mail/records/dkim/record.ts'
import type { NameServerVars, OutsideAnswer, OutsideQuestion } from '../../../core/probe/outside-question.ts'
import { ask, type AwaitedRecord, type Plan, type Remarks } from '../../../core/task/plan.ts'
import { isKnown, UNKNOWN } from '../../../core/unknown.ts'
import type { Signing } from '../../keys/signing.ts'

/** Whether every name server serves its record. */
function servedQuestion({ domain, selector, key }: Signing, dns: NameServerVars | undefined): OutsideQuestion {
  const value = key.kind === 'key' && isKnown(key.publicKey) ? dkimValue(key.publicKey) : UNKNOWN
  return { to: 'name-servers', record: { name: dkimName(domain, selector), type: 'TXT', value, purpose: 'dkim' }, dns }
}

export interface Gate {
  /** That the host is to sign with. */
  readonly open: readonly Signing[]
  readonly remarks: Remarks
}

/**
 * The gate by what `dns` has: `false` asks nobody, and lets every key through; with settings, all keys are asked for;
 * without (`undefined`), those alone that are not in use yet.
 */
export function gated<State>(
  signing: readonly Signing[],
  dns: NameServerVars | false | undefined,
  then: (gate: Gate) => Plan<State>,
): Plan<State> {
  if (dns === false) return then(openGate(signing))
  const asked = dns === undefined ? signing.filter(({ inUse }) => !inUse) : signing
  return ask(
    asked.map((each) => servedQuestion(each, dns)),
    (answers) => then(signingGate(signing, new Map(asked.map((each, index) => [each, answers[index]!])))),
  )
}

/** Whoever says so has keys sign unseen; a caution is reported with the changes by which they begin. */
function openGate(signing: readonly Signing[]): Gate {
  const unseen = signing.filter(({ inUse }) => !inUse)
  return { open: signing, remarks: unseen.length === 0 ? {} : { caution: signedUnseen(unseen) } }
}

const signedUnseen = (unseen: readonly Signing[]): string =>
  `mail of ${domainsOf(unseen)} is signed from now on with a key that nobody looked for in DNS, for dns is false: ` +
  'until every name server serves its record, that mail fails DKIM: ' +
  PUBLISH

const PUBLISH = 'publish it ("mailrun dns push" does, "mailrun dns plan" shows it)'

const recordName = ({ domain, selector }: Signing): string => dkimName(domain, selector)

/**
 * A key in use goes on signing whatever DNS says: mail without a signature is no better off than mail whose signature
 * cannot be verified now, and worse once it can. A new one waits for every name server.
 *
 * @param answers - by the keys that were asked for.
 */
function signingGate(signing: readonly Signing[], answers: ReadonlyMap<Signing, OutsideAnswer>): Gate {
  const unserved = signing.flatMap((each): readonly Unserved[] => {
    const answer = answers.get(each)
    return answer === undefined || answer.kind === 'served'
      ? []
      : [{ signing: each, why: answer.where.join('; '), instead: answer.instead === true }]
  })
  const held = unserved.filter(({ signing: { inUse } }) => !inUse)
  const wrong = unserved.filter(({ signing: { inUse } }) => inUse)
  const closed = new Set(held.map((each) => each.signing))
  return {
    open: signing.filter((each) => !closed.has(each)),
    remarks: {
      ...(held.length === 0 ? {} : { held: heldBack(held), awaits: held.map(awaited) }),
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

const awaited = ({ signing, why }: Unserved): AwaitedRecord => ({ name: recordName(signing), why })

const heldBack = (held: readonly Unserved[]): string =>
  `mail of ${domainsOf(held.map((each) => each.signing))} is not signed before every name server serves the key's ` +
  `record: ${publish(held, PUBLISH)}, ` +
  `and run again once it is served`

const signedAllTheSame = (wrong: readonly Unserved[]): string =>
  `mail of ${domainsOf(wrong.map((each) => each.signing))} is signed with a key that not every name server serves, ` +
  `and goes on being: ${publish(wrong, 'publish it ("mailrun dns push")')}` +
  wrong.map((each) => `\n${recordName(each.signing)}: ${each.why}`).join('')

/** No push replaces another key unasked. */
const publish = (unserved: readonly Unserved[], how: string): string =>
  unserved.some(({ instead }) => instead)
    ? 'DNS has something else there, which no push replaces unasked; "mailrun dns plan" tells the next free ' +
      'selector, and how to replace it'
    : how

const domainsOf = (signing: readonly Signing[]): string => signing.map(({ domain }) => domain).join(', ')
