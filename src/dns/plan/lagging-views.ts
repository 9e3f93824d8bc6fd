// Finds name servers that do not serve a record yet that the primary serves.
import type { View } from '../lookup/look.ts'
import type { PlannedRecord } from './plan-dns.ts'
import { isServed } from './wanted-change.ts'

/** An alias is followed elsewhere. */
export const laggingViews = ({ record, views }: Pick<PlannedRecord, 'record' | 'views'>): readonly View[] =>
  views.filter(({ answer }) => answer.kind !== 'alias' && !(answer.kind === 'found' && isServed(record, answer.rrset)))
