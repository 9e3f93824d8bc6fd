// Decides how OpenDKIM's unit is hardened on a host: the content of the drop-in file of systemd, or the reason why
// there is none.
import { hardeningFor, hardeningText, type Hardening } from '../files/hardening.ts'
import type { OpendkimState } from '../setup/opendkim.ts'
import { UNHARDENED } from './state.ts'
import { digestOf } from './files.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'

export interface DropInQuestion {
  /** `undefined`: nothing is said of it, and it stays as it is. */
  readonly wanted: boolean | undefined
  /** Of the configuration that is to be, with options of the command line; by name in lower case. */
  readonly settings: ReadonlyMap<string, Untrusted>
  /** Paths of the keys that sign. */
  readonly keys: readonly Untrusted[]
  readonly there: boolean
  readonly unhardened: OpendkimState['activation']['unhardened']
}

export interface DropIn {
  /** Whether it is made, replaced or removed with the other files; else it stays as it is. */
  readonly owned: boolean
  readonly hardening: Hardening | undefined
  readonly warning?: string
}

export function dropInFor({ wanted, settings, keys, there, unhardened }: DropInQuestion): DropIn {
  if (wanted === false) return { owned: true, hardening: undefined }
  const hardening = hardeningFor(settings, keys)
  if ('unfit' in hardening)
    return wanted === undefined
      ? { owned: false, hardening: undefined }
      : { owned: true, hardening: undefined, warning: `the unit of OpenDKIM is not hardened: ${hardening.unfit}` }
  if (wanted === undefined) return { owned: false, hardening: there ? hardening : undefined }
  if (unhardened?.digest !== digestOf(hardeningText(hardening))) return { owned: true, hardening }
  const warning =
    `the unit of OpenDKIM is not hardened, for it did not sign that way: ${unhardened.why} ` +
    `(remove ${UNHARDENED} to have it tried again, or say opendkim_hardening: false)`
  return { owned: true, hardening: undefined, warning }
}
