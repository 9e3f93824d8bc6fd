// Addresses by which two configurations are compared, and the set of those that one of them signs.
import { lowerCase } from './c-text.ts'
import { signaturesOf, type OpendkimConfiguration } from './configuration.ts'
import { isSigned, type Signature } from './signatures.ts'
import type { SigningLine } from './signing-line.ts'

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

export interface SignedPattern extends SigningLine {
  /** Addresses that are signed by this line, each with what a message of it gets. */
  readonly witnesses: ReadonlyMap<string, readonly Signature[]>
}

/**
 * What is signed today: the lines that count for somebody, in the daemon's order. Of several lines for an address the
 * first counts, or where `configuration.multiple` is set the first and the last.
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

/** Whether a signature may be one of a line; another line with the same key says the same of the address. */
const isBy = ({ domain, selector }: Signature, line: SigningLine): boolean =>
  selector === line.selector && (line.domain === '%' || lowerCase(line.domain) === lowerCase(domain))
