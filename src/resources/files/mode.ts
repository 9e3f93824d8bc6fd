// File modes as arguments: four octal digits, so that nobody writes the number 644 by accident.
import { argument } from '../../core/argument.ts'

type Octal = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7'

/** Four octal digits, as chmod(1) takes them: `'0644'`, `'2750'`. */
export type Mode = `${Octal}${Octal}${Octal}${Octal}`

/** The same where no compiler looks. */
export const mode = argument(
  "four octal digits such as '0644'",
  (value) => typeof value === 'string' && /^[0-7]{4}$/.test(value),
)
