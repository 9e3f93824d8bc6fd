// Secrets to be planted in a test, and every form in which they would be found again.
import { randomBytes } from 'node:crypto'

export interface Canary {
  readonly name: string
  readonly value: string
}

/** Hard to quote and easy to find. @param awkward - what is put among its letters. */
export const canary = (name: string, awkward = `it's "$x" é/&`): Canary => ({
  name,
  value: `Cn-${name}-${randomBytes(6).toString('hex')}${awkward}${randomBytes(4).toString('hex')}`,
})

/** A form and the bytes to look for. */
export interface Needle {
  readonly name: string
  readonly form: string
  readonly bytes: Buffer
}

/**
 * As it is, in base64 at its three places, in hex, as shells, JSON and URLs write it; of several lines each by itself,
 * too.
 */
export function needlesOf({ name, value }: Canary): readonly Needle[] {
  const texts = [value, ...(value.includes('\n') ? value.split('\n').filter((line) => line.length >= 6) : [])]
  const forms = texts.flatMap((text): (readonly [string, string])[] => {
    const bytes = Buffer.from(text)
    const base64 = [0, 1, 2].map((before): readonly [string, string] => {
      // Without the letters that neighbours share.
      const whole = Buffer.concat([Buffer.alloc(before), bytes])
        .toString('base64')
        .replace(/=+$/, '')
      return [
        `base64 at ${before}`,
        whole.slice(before === 0 ? 0 : before + 1, (before + bytes.length) % 3 === 0 ? undefined : -1),
      ]
    })
    return [
      ['raw', text],
      ...base64,
      ['hex', bytes.toString('hex')],
      ['HEX', bytes.toString('hex').toUpperCase()],
      ['shell', text.replaceAll("'", `'\\''`)],
      ['shell, double', text.replace(/["$\\`]/g, '\\$&')],
      ['JSON', JSON.stringify(text).slice(1, -1)],
      ['URL', encodeURIComponent(text)],
      ['form', new URLSearchParams([['', text]]).toString().slice(1)],
    ]
  })
  return forms.map(([form, text]) => ({ name, form, bytes: Buffer.from(text) }))
}

/** Which of them stand in it: `raw of password`. */
export const foundIn = (haystack: Buffer | string, needles: readonly Needle[]): readonly string[] => {
  const bytes = typeof haystack === 'string' ? Buffer.from(haystack) : haystack
  return [
    ...new Set(
      needles.filter(({ bytes: needle }) => bytes.includes(needle)).map(({ name, form }) => `${form} of ${name}`),
    ),
  ]
}
