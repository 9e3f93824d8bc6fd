// The part of a rotation that happens on a host, as a playbook in memory: it makes keys, switches the key that signs,
// and records events. The command itself asks name servers, waits, and decides the order.
import * as v from 'valibot'
import { firstSelector } from '../../mail/fleet/own-among.ts'
import { keyPath } from '../../signers/keys/signing.ts'
import { rootsDirectory } from '../../signers/keys/roots.ts'
import type { Signer } from '../../signers/signer.ts'
import { hostSigner, signerVars } from '../../signers/signers.ts'
import { mailVars } from '../../mail/fleet/mail-vars.ts'
import { isSelector, mailDomain } from '../../mail/names/names.ts'
import { rotationVar } from '../../mail/rotation/settings.ts'
import type { NewMark } from '../../mail/rotation/steps.ts'
import { domain, selector, selectorList, senders } from '../../mail/fleet/schemas.ts'
import { playbook, type Playbook, type PlaybookInput } from '../../core/fleet/playbook.ts'
import type { Task } from '../../core/task/task.ts'
import { directory } from '../../../tasks/directory.ts'
import { dkimHistory } from '../../../tasks/dkim-history.ts'
import { dkimKey } from '../../../tasks/dkim-key.ts'
import { file } from '../../../tasks/file.ts'
import { SIGNER_ROTATIONS } from './signer-rotations.ts'

/** `path`: of its private key, where that is not `DIRECTORY/DOMAIN/SELECTOR.private`. */
export interface NamedKey {
  readonly selector: string
  readonly path?: string | undefined
}

/** For one domain on one host. */
export interface HostSteps {
  /** Events to record in the history, with the time at which they are written. */
  readonly marks?: readonly NewMark[]
  /** Selectors whose keys are made. */
  readonly make?: readonly string[]
  /** The selector that signs from now on; its key must be valid. */
  readonly active?: string
  /** The key to use again if the new one does not sign. It must not be revoked; it may lie elsewhere. */
  readonly back?: NamedKey
  /** Selectors whose private keys are deleted. */
  readonly delete?: readonly string[]
}

/** By host, then by domain. */
export type StepsByHost = Readonly<Record<string, Readonly<Record<string, HostSteps>>>>

/** The vars of playbooks/dkim.ts on which the tables and the keys depend. */
const vars = v.object({
  domains: v.optional(v.array(domain, 'a list of domains is wanted'), []),
  dkim_selector: v.optional(selector),
  dkim_selectors: v.optional(selectorList),
  dkim_bits: v.optional(v.picklist([1024, 2048, 3072, 4096], '1024, 2048, 3072 or 4096 is wanted'), 2048),
  drop_signing: v.optional(v.array(senders), []),
  fqdn: mailVars.fqdn,
  sign_host_name: v.optional(v.boolean('true or false is wanted'), true),
  dkim_rotation: v.optional(rotationVar, {}),
  ...signerVars,
})
type Input = PlaybookInput<v.InferOutput<typeof vars>>

/** The playbook that does these steps. */
export const stepsPlaybook = (steps: StepsByHost): Playbook =>
  playbook({
    name: 'rotate',
    hosts: 'all',
    vars,
    tasks: (input) => stepTasks(input, Object.entries(steps[input.host.name] ?? {})),
  })

function stepTasks(
  input: Input,
  mine: readonly (readonly [domain: string, steps: HostSteps])[],
): readonly (Task | false)[] {
  const { drop_signing: dropSigning } = input.vars
  const signer = hostSigner(input.vars)
  const rotation = SIGNER_ROTATIONS[signer.name]!
  const signed = { ...tablesOf(input), dropSigning }
  const active = Object.fromEntries(
    mine.flatMap(([name, { active: chosen, back }]) => {
      const former = back?.path === undefined ? back?.selector : { selector: back.selector, path: back.path }
      const one = chosen ?? former
      return one === undefined ? [] : [[name, one]]
    }),
  )
  const switches = Object.keys(active).length > 0 && isSelector(signed.selector)
  const keeps = mine.length > 0 && isSelector(signed.selector)
  return [
    // Before anything is made: keys that cannot be switched to afterwards would be of no use.
    keeps && rotation.guard(signed),
    mine.some(([, { make = [] }]) => make.length > 0) && rotation.group(),
    ...mine.flatMap(([name, own]) => keyTasks(name, own, input.vars.dkim_bits, signer)),
    switches && rotation.switchTo({ ...signed, active }),
  ]
}

/** The keys of a domain, and what is written down of them. */
function keyTasks(
  name: string,
  own: HostSteps,
  bits: Input['vars']['dkim_bits'],
  { name: signer, keyDirectory, keyGroup }: Signer,
): readonly (Task | false)[] {
  const { marks = [], make = [], active, back, delete: gone = [] } = own
  return [
    make.length + marks.length > 0 &&
      directory({ path: `${keyDirectory}/${name}`, ...rootsDirectory(keyGroup), keep: true }),
    // Before the key: a selector is taken first, and what must not happen ends the run here.
    dkimHistory({
      domain: name,
      signer,
      marks,
      sound: [...make, ...(active === undefined ? [] : [active])],
      unrevoked: back === undefined ? [] : [back.selector],
    }),
    ...make.map((each) => dkimKey({ domain: name, selector: each, signer, coming: true, bits })),
    ...gone.map((each) => file({ path: keyPath(keyDirectory, name, each), state: 'absent' })),
  ]
}

/** The arguments of the tables, as in playbooks/dkim.ts. */
function tablesOf({ vars: own, host }: Input) {
  const name = own.fqdn ?? mailDomain(host.name)
  return {
    domains: own.domains,
    selector: firstSelector({ vars: own, host }),
    ...(name === undefined || !own.sign_host_name ? {} : { hostName: name }),
    ...(name === undefined || own.sign_host_name ? {} : { unsignedName: name }),
  }
}
