// Writes the result of `mailrun self-test` as one JSON document at the end.
import { jsonDocument } from '../write/json.ts'
import type { SelfTestFormat } from './format.ts'

export const format: SelfTestFormat = {
  language: 'json',
  about: 'programs: one document at the end, `{ hosts: [{ name, status, system, seconds, examples }] }`',
  open: ({ out }) => ({
    done: () => {},
    ended: (hosts) => out.write(jsonDocument({ hosts })),
  }),
}
