// The severity of a finding.

/**
 * `error`: mail is lost, unsigned or forged, or will be. `warning`: it works, and is risky or incomplete. `note`: good
 * to know. `unknown`: it could not be found out.
 */
export type Severity = 'error' | 'warning' | 'note' | 'unknown'

/** The gravest first. */
export const SEVERITIES: readonly Severity[] = ['error', 'unknown', 'warning', 'note']
