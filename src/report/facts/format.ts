// The type of an output format of `mailrun facts`.
import type { FactsOfHost } from '../../playbook/gathered-facts.ts'
import type { About } from '../registry.ts'
import type { Look } from '../screen.ts'
import type { Printable } from '../write/checked.ts'

export interface FactsFormat extends About {
  readonly write: (hosts: readonly FactsOfHost[], look: Look) => Printable
}
