// Compares two OpenDKIM configurations with sample addresses: it chooses addresses for each pattern of the
// SigningTable, and finds which of them a configuration signs.
import { lowerCase } from './c-text.ts'
import { signaturesOf, type OpendkimConfiguration } from './configuration.ts'
import { isSigned, type Signature } from './signatures.ts'
import type { SigningLine } from './signing-line.ts'

/** A part of an address that nobody has. */
const ANY = 'mailrun-any'

/**
 * Sample addresses that match a pattern, with a user and a domain that no table names. If they are signed, so is every
 * address that only this pattern matches.
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

export interface SignedPattern extends SigningLine {
  /** Sample addresses that this line signs, each with the signatures of a message from it. */
  readonly witnesses: ReadonlyMap<string, readonly Signature[]>
}

/**
 * The lines that sign for somebody, in the daemon's order. If several lines match an address, the first one signs; with
 * `configuration.multiple`, the first and the last one.
 */
export function signedPatterns(configuration: OpendkimConfiguration): readonly SignedPattern[] {
  return configuration.signing.flatMap((line) => {
    const witnesses = new Map<string, readonly Signature[]>()
    for (const witness of witnessesOf(line.pattern)) {
      const how = signaturesOf(configuration, witness)
      if (isSigned(how) && how.some((each) => isBy(each, line))) witnesses.set(witness, how)
    }
    return witnesses.size === 0 ? [] : [{ ...line, witnesses }]
  })
}

/** Whether a signature can come from a line. (Another line with the same key has the same effect on the address.) */
const isBy = ({ domain, selector }: Signature, line: SigningLine): boolean =>
  selector === line.selector && (line.domain === '%' || lowerCase(line.domain) === lowerCase(domain))
