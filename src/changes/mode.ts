// File modes as arguments: four octal digits, so that the number 644 cannot be meant by accident.

type Octal = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7'

/** Four octal digits, as chmod(1) takes them: `'0644'`, `'2750'`. */
export type Mode = `${Octal}${Octal}${Octal}${Octal}`
