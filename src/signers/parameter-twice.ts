// The kind of finding for a setting that is set twice, in a signer's configuration or in Postfix's main.cf. Both
// programs use the last line.
import type { FindingKind } from '../findings/rule.ts'

export const PARAMETER_TWICE: FindingKind<'parameter-twice'> = {
  id: 'parameter-twice',
  check: 'setup',
  severity: 'warning',
  means: 'opendkim.conf or main.cf sets a parameter more than once: only the last line counts.',
  remedy: 'keep one of the lines',
}
