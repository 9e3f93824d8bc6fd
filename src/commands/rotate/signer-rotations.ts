// For each signer, how `mailrun rotate` makes a host switch keys: the tasks, and the question whether the host would
// refuse.
import { dkimGroup } from '../../../tasks/dkim-group.ts'
import { keepSigned } from '../../../tasks/keep-signed.ts'
import { opendkim } from '../../../tasks/opendkim.ts'
import type { Probe } from '../../core/probe/probe.ts'
import type { Task } from '../../core/task/task.ts'
import type { KeepArgs } from '../../signers/keep-args.ts'
import type { SigningQuestion } from '../../signers/keys/signing.ts'
import { switchGuard } from '../../signers/opendkim/kept/switch-guard.ts'

/** What its files are made of. */
export interface SignedWith extends Omit<KeepArgs, 'trustedHosts'> {
  /** Of the host's first keys. */
  readonly selector: string
}

/** A selector, whose key lies where keys do; or one whose key lies elsewhere. */
export type ActiveKey = string | { readonly selector: string; readonly path: string }

export interface SignerRotation {
  /**
   * Asked before anything is begun: why a host would refuse to switch keys, '' where it would not. Mail would leave
   * unsigned, or the files by which it signs are not mailrun's.
   */
  problem(keep: KeepArgs, question: SigningQuestion): Probe<string>
  /** The same as a task, which goes before all that makes or changes anything. */
  guard(args: SignedWith): Task
  /** The group by which the signer reads keys that are root's. */
  group(): Task
  /** Has it sign with these keys from now on, by domain, with no gap. */
  switchTo(args: SignedWith & { readonly active: Readonly<Record<string, ActiveKey>> }): Task
}

/** By the signer's name. */
export const SIGNER_ROTATIONS: Readonly<Partial<Record<string, SignerRotation>>> = {
  opendkim: {
    problem: switchGuard,
    guard: (args) => keepSigned({ ...args, switching: true }),
    group: () => dkimGroup({}),
    switchTo: (args) => opendkim(args),
  },
}
