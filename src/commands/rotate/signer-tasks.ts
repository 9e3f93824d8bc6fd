// The tasks by which a rotation has hosts make keys and switch to them, an entry for each signer.
import { dkimGroup } from '../../../tasks/dkim-group.ts'
import { keepSigned } from '../../../tasks/keep-signed.ts'
import { opendkim } from '../../../tasks/opendkim.ts'
import type { Task } from '../../core/task.ts'
import type { KeepArgs } from '../../signers/keep-args.ts'

/** What its files are made of. */
export interface SignedWith extends Omit<KeepArgs, 'trustedHosts'> {
  /** Of the host's first keys. */
  readonly selector: string
}

/** A selector, whose key lies where keys do; or one whose key lies elsewhere. */
export type ActiveKey = string | { readonly selector: string; readonly path: string }

export interface SignerTasks {
  /** Refuses, before anything is made, where mail would leave unsigned once keys are switched. */
  guard(args: SignedWith): Task
  /** The group by which the signer reads keys that are root's. */
  group(): Task
  /** Has it sign with these keys from now on, by domain, with no gap. */
  switchTo(args: SignedWith & { readonly active: Readonly<Record<string, ActiveKey>> }): Task
}

/** By the signer's name. */
export const SIGNER_TASKS: Readonly<Record<string, SignerTasks>> = {
  opendkim: {
    guard: (args) => keepSigned({ ...args, switching: true }),
    group: () => dkimGroup({}),
    switchTo: (args) => opendkim(args),
  },
}
