// Finds planned records that exclude each other, or that DNS cannot have.
import { groupedBy } from '../../../text/grouped-by.ts'
import { isOwnerName, type MailRecord } from '../../records/dns-record.ts'
import type { RecordFault } from './working.ts'

interface Settled {
  readonly records: readonly MailRecord[]
  readonly faults: readonly RecordFault[]
}

/** Of records that exclude each other none is wanted: which of them is right, nobody here knows. */
export function withoutContradictions(records: readonly MailRecord[]): Settled {
  const places = [...groupedBy(records, ({ type, name }) => `${type} ${name}`).values()].map((those) => ({
    those,
    why: contradictionOf(those),
  }))
  return {
    records: places.flatMap(({ those, why }) => (why === undefined ? those : [])),
    faults: places.flatMap(({ those: [first], why }) => (why === undefined ? [] : [{ ...placeOf(first!), why }])),
  }
}

const placeOf = ({ domain, name, type, purpose }: MailRecord): Omit<RecordFault, 'why'> => ({
  domain,
  name,
  type,
  purpose,
})

/** Why the records of a name and type cannot be; `undefined` where they can. */
function contradictionOf([first, second]: readonly MailRecord[]): string | undefined {
  const { name, type, purpose, why } = first!
  if (!isOwnerName(name))
    return (
      `${name} cannot be a name in DNS: 253 characters and 63 a label are the most, ` +
      `and labels are letters, digits, hyphens and underscores (${why.join('; ')})`
    )
  if (second === undefined) return undefined
  const remedy = purpose === 'dkim' ? ': give one of the keys another selector' : ''
  return (
    `${name} would have two ${type} records that exclude each other: ` +
    `${valueWithWhy(first!)} and ${valueWithWhy(second)}${remedy}`
  )
}

const valueWithWhy = ({ value, why }: MailRecord): string => `${JSON.stringify(value)} (${why.join('; ')})`
