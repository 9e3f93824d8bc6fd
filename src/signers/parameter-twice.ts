// The kind of finding that a signer's configuration and main.cf have in common: the last of two lines counts, in both.
import type { FindingKind } from '../findings/rule.ts'

export const PARAMETER_TWICE: FindingKind<'parameter-twice'> = {
  id: 'parameter-twice',
  check: 'setup',
  severity: 'warning',
  means: 'opendkim.conf or main.cf sets a parameter more than once: the last one counts.',
  remedy: 'leave one',
}
