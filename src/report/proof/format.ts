// The type of an output format of `mailrun verify`.
import type { HostProof } from '../../mail/proof/proof.ts'
import type { About } from '../registry.ts'
import type { Printable } from '../write/checked.ts'
import type { Look } from '../screen.ts'

export interface ProofFormat extends About {
  /** @param seconds - that it took */
  readonly write: (hosts: readonly HostProof[], seconds: number, look: Look) => Printable
}
