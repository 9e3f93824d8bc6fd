// Checks that one-click unsubscription of bulk mail works: it counts only if a signature covers the header fields
// List-Unsubscribe and List-Unsubscribe-Post (RFC 8058, section 4).
import { failed } from '../mail/proof/verdicts.ts'
import type { GivenField } from '../mail/messages/probe-message.ts'
import type { Verdict } from '../mail/proof/proof.ts'

/** RFC 8058, section 4. In the probe's message both are there. */
const COVERED = ['List-Unsubscribe', 'List-Unsubscribe-Post']

/**
 * What is wrong with the signatures that milters put on a message; `undefined` where one covers both fields.
 *
 * @param fields - that milters added; at least one of them a DKIM-Signature.
 */
export function oneClickVerdict(fields: readonly GivenField[]): Verdict | undefined {
  const missing = fields
    .filter(({ name }) => /^dkim-signature$/i.test(name))
    .map(({ value }) => COVERED.filter((field) => !coveredBy(value).includes(field.toLowerCase())))
  const [fewest = []] = missing.toSorted((a, b) => a.length - b.length)
  if (fewest.length === 0) return undefined
  return failed(
    'one-click-unsigned',
    `no signature covers ${fewest.join(' and ')}: receivers ignore one-click unsubscription ` +
      'of bulk mail (RFC 8058), and large ones require it',
  )
}

/** The names in `h=`, in lower case. */
const coveredBy = (signature: GivenField['value']): readonly string[] =>
  (/(?:^|;)\s*h\s*=([^;]*)/.exec(signature)?.[1] ?? '')
    .toLowerCase()
    .split(':')
    .map((name) => name.trim())
