// Splits the header of a message into its fields, unfolded (RFC 5322, section 2.2).
import type { Untrusted } from '../../shell/untrusted.ts'

export interface HeaderField {
  /** As it is written there. */
  readonly name: string
  /** Without the blank behind the colon. */
  readonly value: string
}

/** From the top. Lines may end with LF or CRLF; what is no field is left out. */
export function headerFields(message: Untrusted): readonly HeaderField[] {
  const [head = ''] = message.split(/^\r?\n/m)
  return head
    .replace(/\r?\n(?=[ \t])/g, '')
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, name, value = ''] = /^([^:\s]+)[ \t]*:[ \t]*(.*)$/.exec(line) ?? []
      return name === undefined ? [] : [{ name, value }]
    })
}

/** Bodies of the fields of that name, the topmost first. */
export const valuesOfField = (fields: readonly HeaderField[], name: string): readonly string[] =>
  fields.flatMap((field) => (field.name.toLowerCase() === name.toLowerCase() ? [field.value] : []))
