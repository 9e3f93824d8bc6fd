// Addresses by which two configurations are compared, and the set of those that one of them signs.
import { placeText } from './sources.ts'
import { signaturesOf, type OpendkimConfiguration } from './configuration.ts'
import { isSigned, type Signature } from './signatures.ts'

/** A part of an address that nobody has. */
const ANY = 'mailrun-any'

/**
 * Addresses for which a pattern is, of a user and a domain that no table names: what is signed of these is signed of
 * all that only this pattern is for.
 */
export function witnessesOf(pattern: string): readonly string[] {
  const at = pattern.lastIndexOf('@')
  const filled = (text: string): string => text.replaceAll('*', ANY)
  if (at >= 0) {
    const domain = pattern.slice(at + 1)
    return [`${filled(pattern.slice(0, at))}@${domain === '*' ? `${ANY}.invalid` : filled(domain)}`]
  }
  if (!pattern.startsWith('*')) return [pattern.replace('*', `${ANY}@${ANY}`).replaceAll('*', '')]
  const rest = filled(pattern.slice(1))
  return [`${ANY}@${rest}`, `${ANY}@${ANY}.${rest}`, `${ANY}@${ANY}${rest}`].filter((each) => !/[@.]\./.test(each))
}

export interface SignedPattern extends Signature {
  /** `*@example.org` */
  readonly pattern: string
  /** `/etc/opendkim/SigningTable:3` */
  readonly from: string
  /** An address that is signed so. */
  readonly witness: string
}

/** What is signed today: each pattern that counts for somebody, with the signatures of an address that it is for. */
export function signedPatterns(configuration: OpendkimConfiguration): readonly SignedPattern[] {
  return configuration.signing.flatMap(({ pattern, place }) =>
    witnessesOf(pattern).flatMap((witness) => {
      const how = signaturesOf(configuration, witness)
      return isSigned(how) ? how.map((each) => ({ ...each, pattern, from: placeText(place), witness })) : []
    }),
  )
}
