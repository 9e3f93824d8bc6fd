// The roles in which a test message is shown to a host's milters (for example from a logged-in user, or from a
// stranger). Equal verdicts for several roles become one finding.
import type { SigningProof, Verdict } from '../mail/proof/proof.ts'

export interface Roles {
  readonly proof: SigningProof
  readonly roles: readonly string[]
}

export const isBad = ({ status }: Verdict): boolean => status === 'fail' || status === 'unknown'

/** The roles whose verdict is no pass. Programs and clients are grouped together, strangers apart. */
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

/** If a stranger's mail could not be asked about, and the same reason is reported for the host's own mail. */
const isHidden = ({ domain, role, verdict }: SigningProof, all: readonly SigningProof[]): boolean =>
  role === 'outsider' &&
  verdict.status === 'unknown' &&
  all.some((each) => each.domain === domain && each.role !== 'outsider' && each.verdict.id === verdict.id)
