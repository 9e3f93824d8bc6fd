// File modes as arguments: four octal digits, so that nobody writes the number 644 by accident.
import { argument } from '../../core/task/argument.ts'

type Octal = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7'

type FourOctals = `${Octal}${Octal}${Octal}${Octal}`

/**
 * Four octal digits in quotes, as chmod(1) takes them: `'0644'`, `'2750'`. By a mapped type, so that a compiler says
 * `Mode` of a wrong one, in place of 4,096 modes.
 */
export type Mode = { [Each in FourOctals]: Each }[FourOctals]

/** The same where no compiler looks. */
export const mode = argument(
  "four octal digits such as '0644'",
  (value) => typeof value === 'string' && /^[0-7]{4}$/.test(value),
)
