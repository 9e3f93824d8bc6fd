// The findings of an audit by their causes: what one remedy clears is one entry of the reports for people.
import type { AuditFinding } from '../../audit/audit-report.ts'
import type { Subject } from '../../findings/finding.ts'
import { groupedBy } from '../../text/grouped-by.ts'

/** Findings with one cause; the first is the gravest. */
export interface CauseGroup {
  readonly first: AuditFinding
  readonly findings: readonly AuditFinding[]
  readonly ids: readonly string[]
  readonly subjects: readonly Subject[]
  /** Usually one; a cause may say it for each place, such as the record to publish. */
  readonly remedies: readonly string[]
}

/** @param findings - the gravest first */
export const causesOf = (findings: readonly AuditFinding[]): readonly CauseGroup[] =>
  [...groupedBy(findings, keyOf).values()].map((those) => ({
    first: those[0]!,
    findings: those,
    ids: distinct(those.map(({ id }) => id)),
    subjects: those.flatMap(({ subjects }) => subjects),
    remedies: distinct(those.map(({ remedy, cause }) => (those.length > 1 ? (cause?.remedy ?? remedy) : remedy))),
  }))

/** Without a cause in common, findings of one id that have one remedy belong together. */
const keyOf = ({ id, severity, remedy, accepted, cause }: AuditFinding): string =>
  JSON.stringify([accepted ?? null, cause === undefined ? [severity, id, remedy] : cause.key])

/** What is expected and what is found; of several findings each says where. */
export const valuesOf = ({
  findings,
}: CauseGroup): readonly { readonly term: 'Expected' | 'Found'; readonly text: string }[] => {
  const values = findings.flatMap(({ expected, found, subjects: [subject] }) => {
    const place = subject?.record ?? subject?.domain
    const at = findings.length > 1 && place !== undefined ? `${place}: ` : ''
    return [
      ...(expected === undefined ? [] : [{ term: 'Expected' as const, text: `${at}${expected}` }]),
      ...(found === undefined ? [] : [{ term: 'Found' as const, text: `${at}${found}` }]),
    ]
  })
  return [...new Map(values.map((each) => [JSON.stringify(each), each])).values()]
}

const distinct = <Item>(items: readonly Item[]): readonly Item[] => [...new Set(items)]
