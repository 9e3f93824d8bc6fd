// Writes a proof as lines of JSON, one for each host.
import { jsonLines } from '../write/json.ts'
import type { ProofFormat } from './format.ts'

export const format: ProofFormat = {
  language: 'ndjson',
  about: 'programs: a line for each host, with `kind` `host-proof`',
  write: (hosts) => jsonLines(hosts.map((each) => ({ kind: 'host-proof', ...each }))),
}
