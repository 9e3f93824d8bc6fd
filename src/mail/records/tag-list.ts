// Parses tag lists, `name=value; name=value`, of DKIM (RFC 6376, section 3.2) and DMARC (RFC 9989, section 4.7).
import { RecordSyntaxError } from './record-syntax-error.ts'
import type { Untrusted } from '../../shell/untrusted.ts'

export type Tag = readonly [name: string, value: string]

/**
 * White space around names and values is no part of them. A tag that stands twice, or is none, is refused.
 *
 * @param record - for errors, such as `DKIM record`
 * @throws RecordSyntaxError
 */
export function parseTags(record: string, text: Untrusted): readonly Tag[] {
  const parts = text.split(';')
  if (parts.at(-1)!.trim() === '') parts.pop()
  const tags = parts.map((part): Tag => {
    const at = part.indexOf('=')
    const name = part.slice(0, at).trim()
    if (at === -1 || !/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
      throw new RecordSyntaxError(record, part.trim(), 'is no tag: name=value is wanted, tags parted by semicolons')
    return [name, part.slice(at + 1).trim()]
  })
  const repeated = tags.find(([name], index) => tags.findIndex(([other]) => other === name) < index)
  if (repeated) throw new RecordSyntaxError(record, repeated[0], 'is there twice: verifiers pass over such a record')
  return tags
}

export const renderTags = (tags: readonly Tag[]): string => tags.map(([name, value]) => `${name}=${value}`).join('; ')
