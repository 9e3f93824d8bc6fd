// Writes the result of `mailrun dns push` as one JSON document.
import type { Pushed } from '../../../dns/push/push-dns.ts'
import { jsonDocument } from '../../write/json.ts'
import { notServedJson, pushedJson } from '../json.ts'
import { dnsViewJson } from '../view.ts'
import type { DnsPushFormat } from './format.ts'

export const format: DnsPushFormat = {
  language: 'json',
  about: 'programs: one document at the end',
  schema: 'dns',
  open: (view, { out }) => {
    let all: readonly Pushed[] = []
    return {
      pushed: (pushed) => void (all = pushed),
      waiting: () => {},
      ended: (missing) =>
        out.write(jsonDocument({ ...dnsViewJson(view), pushed: pushedJson(all), notServed: notServedJson(missing) })),
    }
  },
}
