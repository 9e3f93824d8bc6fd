// The DKIM records of the keys with which a host signs, for a playbook's outputs.
import { answersOfParts, type Probe } from '../../core/probe/probe.ts'
import { isKnown, UNKNOWN, type Known } from '../../core/unknown.ts'
import { speaksFor, type OwnSelectors } from '../../mail/fleet/own-selectors.ts'
import { isSelector } from '../../mail/names/names.ts'
import { publishableKey } from '../../mail/records/dkim/public-key.ts'
import { dkimName, dkimValue } from '../../mail/records/dkim/record.ts'
import type { DnsRecord } from '../../mail/records/dns-record.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { hostSigner } from '../signers.ts'
import type { Signing, SigningQuestion } from './signing.ts'

type DkimRecord = Pick<DnsRecord, 'name' | 'type'> & { readonly value: Known<string> }

const isFit = (key: Signing['key']): boolean =>
  key.kind !== 'key' || !isKnown(key.publicKey) || 'key' in publishableKey(key.publicKey)

const valueOf = (key: Signing['key']): Known<string> =>
  key.kind === 'key' && isKnown(key.publicKey) ? dkimValue(key.publicKey) : UNKNOWN

export interface DkimRecordsQuestion extends SigningQuestion {
  /** The program that signs, as the var `dkim_signer` names it; left out: the usual one. */
  readonly signer?: string
  /** The selectors that the host speaks for. Left out: all. */
  readonly own?: OwnSelectors
}

/**
 * For a playbook's `outputs`: the records of the keys in use, values `null` where they cannot be known yet. What is no
 * selector is left out, and so are keys that cannot be published, and selectors that the host does not speak for.
 */
export function dkimRecords({ own, signer, ...question }: DkimRecordsQuestion): Probe<readonly DkimRecord[]> {
  const signing = hostSigner({ dkim_signer: signer }).signing(question)
  const isOwn = (domain: string, selector: Untrusted): boolean => own === undefined || speaksFor(own, domain, selector)
  const records = (state: readonly Signing[]): readonly DkimRecord[] =>
    state
      .filter(({ domain, selector, key }) => isSelector(selector) && isOwn(domain, selector) && isFit(key))
      .map(({ domain, selector, key }) => ({ name: dkimName(domain, selector), type: 'TXT', value: valueOf(key) }))
  return {
    ...signing,
    key: `records of ${signing.key} ${JSON.stringify(own)}`,
    question: { parts: [signing] },
    parse: (answer) => records(signing.parse(answersOfParts(answer)[0]!)),
    facts: () => [],
    foresee: (state) => state,
  }
}
