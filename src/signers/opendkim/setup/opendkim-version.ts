// The version of OpenDKIM on a host, as a fact that can be gathered.
import { ifInstalled, namedFact } from '../../../resources/host/gathered/named-fact.ts'

export const opendkimVersion = namedFact(
  'opendkimVersion',
  "OpenDKIM's version: `2.11.0`; `null`: it is not installed",
  ifInstalled('opendkim', 'opendkim -V 2>&1 | head -n 1'),
  (text) => text === '' ? null : /^opendkim: OpenDKIM Filter v([\w.+~-]{1,50})$/.exec(text)?.[1],
)
