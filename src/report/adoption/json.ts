// Writes the result of `mailrun adopt` as one JSON document at the end.
import { adoptionJson } from './inventory.ts'
import { runDocument } from '../run/json.ts'
import { jsonDocument } from '../write/json.ts'
import type { AdoptionFormat, Checked } from './format.ts'

export const format: AdoptionFormat = {
  language: 'json',
  about: 'programs: one document at the end',
  schema: 'adopt',
  open: ({ out }) => ({
    found: () => {},
    checks: () => () => {},
    ended: ({ adoption, inventory, playbook, ...check }) =>
      out.write(jsonDocument(adoptionJson(adoption, { inventory, playbook: playbook.path, check: checkJson(check) }))),
  }),
}

function checkJson({ checked, wrong }: Checked) {
  if (wrong !== undefined) return { error: wrong.message }
  return checked === undefined ? null : runDocument(checked, undefined, 0)
}
