// The roles in which a test message is shown to a host's milters (for example from a logged-in user, or from a
// stranger). Equal verdicts for several roles become one finding.
import type { SigningProof, Verdict } from '../mail/proof/proof.ts'

export interface Roles {
  readonly proof: SigningProof
  readonly roles: readonly string[]
}

export const isBad = ({ status }: Verdict): boolean => status === 'fail' || status === 'unknown'

/** Those with a verdict that is no pass; programs and clients together, strangers by themselves. */
export function rolesTogether(signing: readonly SigningProof[]): readonly Roles[] {
  const groups = new Map<string, { readonly proof: SigningProof; readonly roles: string[] }>()
  for (const proof of signing) {
    if (!isBad(proof.verdict) || isHidden(proof, signing)) continue
    const key = JSON.stringify([proof.domain, proof.role === 'outsider', proof.verdict])
    const known = groups.get(key)
    if (known) known.roles.push(proof.role)
    else groups.set(key, { proof, roles: [proof.role] })
  }
  return [...groups.values()]
}

/** What keeps a stranger's mail from being asked about is reported for own mail already. */
const isHidden = ({ domain, role, verdict }: SigningProof, all: readonly SigningProof[]): boolean =>
  role === 'outsider' &&
  verdict.status === 'unknown' &&
  all.some((each) => each.domain === domain && each.role !== 'outsider' && each.verdict.id === verdict.id)
