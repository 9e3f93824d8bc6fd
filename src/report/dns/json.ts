// Writes a plan for DNS, and what happened, as JSON, as docs/dns.schema.json describes it.
import type { DnsPlan, PlannedRecord } from '../../dns/plan/plan-dns.ts'
import type { NotServed } from '../../dns/served/served-everywhere.ts'
import type { Publication } from '../../dns/push/publication.ts'
import type { NameServer } from '../../dns/lookup/name-server.ts'
import type { Pushed } from '../../dns/push/push-dns.ts'
import type { View } from '../../dns/lookup/look.ts'
import type { Rdata, Rrset } from '../../dns/lookup/rrset.ts'

const texts = (rdata: readonly Rdata[]): readonly string[] => rdata.map(({ text }) => text)
const serverJson = ({ name, addresses: [first] }: NameServer) => ({ name, address: first!.address, port: first!.port })

const viewJson = ({ server, answer }: View) => ({
  ...serverJson(server),
  answer: answer.kind,
  ...answerJson(answer),
})

function answerJson(answer: View['answer']) {
  switch (answer.kind) {
    case 'found':
      return rrsetJson(answer.rrset)
    case 'failed':
      return { why: answer.why }
    case 'alias':
      return { target: answer.target }
    case 'none':
      return {}
  }
}

const rrsetJson = ({ ttl, rdata }: Rrset) => ({ ttl, values: texts(rdata) })

function recordJson(planned: PlannedRecord) {
  const { record, zone, views } = planned
  const more = stateJson(planned)
  return {
    name: record.name,
    type: record.type,
    value: record.value,
    purpose: record.purpose,
    domain: record.domain,
    publishedBy: record.publishedBy,
    why: record.why,
    zone: zone?.zone ?? null,
    status: planned.kind,
    ...(Object.keys(more).length === 0 ? {} : { [planned.kind]: more }),
    servers: views.map(viewJson),
  }
}

/** What there is to know of how a record stands. */
function stateJson(planned: PlannedRecord) {
  switch (planned.kind) {
    case 'change': {
      const { before, ttl, remove, add, kept } = planned.change
      return {
        before: before === undefined ? null : rrsetJson(before),
        ttl,
        remove: texts(remove),
        add: texts(add),
        kept: texts(kept),
      }
    }
    case 'others':
      return { served: planned.served }
    case 'served':
      return {}
    default:
      return { why: planned.why }
  }
}

export function dnsPlanJson({ records, findings }: Pick<DnsPlan, 'records' | 'findings'>) {
  const zones = new Map(records.flatMap(({ zone }) => (zone === undefined ? [] : [[zone.zone, zone]])))
  return {
    zones: [...zones.values()].map(({ zone, servers, primary, negativeTtl }) => ({
      zone,
      servers: servers.map(serverJson),
      primary: primary === undefined ? null : serverJson(primary),
      negativeTtl,
    })),
    records: records.map(recordJson),
    findings: findings.map(({ id, severity, message, remedy }) => ({ id, severity, message, remedy })),
  }
}

export const pushedJson = (pushed: readonly Pushed[]) =>
  pushed.map(({ change: { record }, zone, outcome }) => ({
    name: record.name,
    type: record.type,
    zone,
    status: outcome.kind,
    ...(outcome.kind === 'done' ? {} : { why: outcome.why }),
  }))

export const notServedJson = (missing: readonly NotServed[]) =>
  missing.map(({ record, server, kind, why, serial }) => ({
    name: record.name,
    type: record.type,
    value: record.value,
    server: server === undefined ? null : serverJson(server),
    kind,
    why,
    serial: serial ?? null,
  }))

/** What a run published: docs/run.schema.json describes it. */
export const publicationJson = ({ plan, pushed, notServed, byHand, left, error }: Publication) => ({
  ...dnsPlanJson(plan ?? { records: [], findings: [] }),
  pushed: pushedJson(pushed),
  notServed: notServedJson(notServed),
  byHand: byHand.map(({ name, type, value }) => ({ name, type, value })),
  left: left.map(({ record: { name, type }, why }) => ({ name, type, why })),
  ...(error === undefined ? {} : { error }),
})
