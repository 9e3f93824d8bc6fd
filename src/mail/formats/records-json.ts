// Writes records as JSON, as docs/records.schema.json describes it, and reads them.
import * as v from 'valibot'
import { MailrunError } from '../../core/mailrun-error.ts'
import { isOwnerName, type MailRecord } from '../records/dns-record.ts'
import { dataOf } from './dns-text.ts'
import type { Zone } from './zones.ts'
import { messageOf } from '../../text/message-of.ts'

export function recordsJson(zones: readonly Zone[]): string {
  const plain = zones.map(({ zone, records }) => ({ zone, records: records.map(inOrder) }))
  return `${JSON.stringify({ zones: plain }, undefined, 2)}\n`
}

/** Whatever order its parts were put together in. */
const inOrder = ({ name, type, ttl, value, purpose, domain, publishedBy, why, replaces }: MailRecord): MailRecord => ({
  name,
  type,
  ttl,
  value,
  purpose,
  domain,
  publishedBy,
  why,
  ...(replaces === undefined ? {} : { replaces }),
})

const name = v.pipe(
  v.string(),
  v.check(isOwnerName, ({ input }) => `a name in DNS is wanted, got ${JSON.stringify(input)}`),
)
const isWritable = (record: Pick<MailRecord, 'type' | 'value'>): boolean => {
  try {
    dataOf(record)
    return true
  } catch {
    return false
  }
}
const schema = v.strictObject({
  zones: v.array(
    v.strictObject({
      zone: name,
      records: v.array(
        v.pipe(
          v.strictObject({
            name,
            type: v.picklist(['TXT', 'MX']),
            ttl: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31 - 1)),
            value: v.string(),
            purpose: v.picklist(['spf', 'spf-helo', 'dkim', 'dmarc', 'dmarc-report', 'null-mx', 'adsp']),
            domain: name,
            publishedBy: v.picklist(['fleet', 'other']),
            why: v.array(v.string()),
            replaces: v.optional(v.array(v.string())),
          }),
          v.check(
            ({ type, value }) => isWritable({ type, value }),
            ({ input }) =>
              `an MX record is a preference and a name, as in 10 mx1.example.org.; got ${JSON.stringify(input.value)}`,
          ),
        ),
      ),
    }),
  ),
})

/**
 * @param file - for errors
 * @throws MailrunError that names the place
 */
export function parseRecordsJson(text: string, file: string): readonly Zone[] {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (error) {
    throw new MailrunError(`no JSON: ${messageOf(error)}`, file)
  }
  const { success, output, issues } = v.safeParse(schema, given)
  if (success) return output.zones
  const [first] = issues
  throw new MailrunError(`${v.getDotPath(first) ?? 'the document'}: ${first.message}`, file)
}
