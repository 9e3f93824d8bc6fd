// Writes as one JSON document which name servers serve the records.
import { jsonDocument } from '../../write/json.ts'
import { notServedJson } from '../json.ts'
import { dnsViewJson } from '../view.ts'
import type { DnsVerifyFormat } from './format.ts'

export const format: DnsVerifyFormat = {
  language: 'json',
  about: 'programs: one document',
  schema: 'dns',
  open: (view, { out }) => ({
    waiting: () => {},
    ended: (missing) => out.write(jsonDocument({ ...dnsViewJson(view), notServed: notServedJson(missing) })),
  }),
}
