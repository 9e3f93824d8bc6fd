// What there is to know of a finding before anybody has found it: how grave it is, which check finds it, what it means
// and what to do.

/**
 * `error`: mail is lost, unsigned or forged, or will be. `warning`: it works, and is risky or incomplete. `note`: good
 * to know. `unknown`: it could not be found out.
 */
export type Severity = 'error' | 'warning' | 'note' | 'unknown'
export const SEVERITIES: readonly Severity[] = ['error', 'unknown', 'warning', 'note']

/** The columns of the matrix. */
export const CHECKS = {
  setup: { title: 'Setup', about: "the host's OpenDKIM, keys, tables and Postfix are in order" },
  signature: {
    title: 'Signature',
    about: "its own mail and that of clients that log in is signed, live, and verifies by every name server's key",
  },
  outsider: { title: 'Strangers', about: "a stranger's mail is not signed" },
  dkim: { title: 'DKIM in DNS', about: 'every name server serves the keys, and they are sound' },
  spf: { title: 'SPF', about: 'the domain, and the name that the host greets with, let its addresses send' },
  dmarc: { title: 'DMARC', about: 'mail is aligned, and the policy holds' },
  names: {
    title: 'Names',
    about: 'each address has a name that has the address, and so has the name that the host greets with',
  },
} as const
export type CheckName = keyof typeof CHECKS
export const CHECK_NAMES = Object.keys(CHECKS) as readonly CheckName[]

export interface FindingKind {
  readonly severity: Severity
  readonly check: CheckName
  /** A sentence on what it means for mail. */
  readonly means: string
  /** What to do, where the finding itself says nothing better. */
  readonly remedy: string
}
