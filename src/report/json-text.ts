// JSON text that is safe on a terminal too.

/** `JSON.stringify` leaves DEL and the C1 controls as they are, and some terminals obey those. */
const spelled = (json: string): string =>
  json.replace(/[\u007f-\u009f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

export const jsonDocument = (value: unknown): string => `${spelled(JSON.stringify(value, null, 2))}\n`
export const jsonLine = (value: unknown): string => `${spelled(JSON.stringify(value))}\n`
