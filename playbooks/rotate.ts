// A host's part of `mailrun rotate`, which runs it with the var dkim_steps: keys that are to be made, the one that is
// to sign, what to write down. Name servers, waiting and the order of things are the command's; docs/mail/rotation.md
// tells how they go together. Run by itself it changes nothing.
import { domain, isSelector, playbook, rotationVar, selector, v } from 'mailrun'
import { dkimGroup, dkimHistory, dkimKey, file, keepSigned, opendkim } from 'mailrun/tasks'
import { dkimVars, keyDirectory, KEYS, tablesOf } from './dkim.ts'

const EVENTS = [
  'keyed',
  'published',
  'active',
  'retired',
  'compromised',
  'revoking',
  'revoked',
  'removing',
  'removed',
] as const

/** What is to be done for one domain on one host. */
const steps = v.strictObject({
  /** Written into the history, with the time at which that is done. */
  marks: v.optional(v.array(v.strictObject({ event: v.picklist(EVENTS), selector, path: v.optional(v.string()) })), []),
  /** Selectors whose keys are made. */
  make: v.optional(v.array(selector), []),
  /** The selector that signs from now on; its key must be sound. */
  active: v.optional(selector),
  /** The key to go back to where that did not work; it must not be revoked. It may lie elsewhere. */
  back: v.optional(v.strictObject({ selector, path: v.optional(v.string()) })),
  /** Selectors whose private keys are deleted. */
  delete: v.optional(v.array(selector), []),
})

export default playbook({
  name: 'rotate',
  hosts: 'all',
  vars: v.object({
    domains: v.optional(v.array(domain, 'a list of domains is wanted'), []),
    dkim_selector: dkimVars.dkim_selector,
    dkim_selectors: dkimVars.dkim_selectors,
    fqdn: dkimVars.fqdn,
    sign_host_name: dkimVars.sign_host_name,
    drop_signing: dkimVars.drop_signing,
    dkim_bits: dkimVars.dkim_bits,
    dkim_rotation: v.optional(rotationVar, {}),
    dkim_steps: v.optional(v.record(v.string(), v.record(domain, steps)), {}),
  }),

  tasks: ({ vars, host }) => {
    const mine = Object.entries(vars.dkim_steps[host.name] ?? {})
    const tables = tablesOf({ vars, host })
    const active = Object.fromEntries(
      mine.flatMap(([name, { active: chosen, back }]) => {
        const former = back?.path === undefined ? back?.selector : { selector: back.selector, path: back.path }
        const one = chosen ?? former
        return one === undefined ? [] : [[name, one]]
      }),
    )
    const switches = Object.keys(active).length > 0 && isSelector(tables.selector)
    const keeps = mine.length > 0 && isSelector(tables.selector)
    return [
      // Before anything is made: keys that cannot be switched to afterwards would be of no use.
      keeps && keepSigned({ ...tables, dropSigning: vars.drop_signing, switching: true }),
      mine.some(([, { make }]) => make.length > 0) && dkimGroup({}),
      ...mine.flatMap(([name, { marks, make, active: chosen, back, delete: gone }]) => [
        make.length + marks.length > 0 && keyDirectory(name),
        // Before the key: a selector is taken first, and what must not happen ends the run here.
        dkimHistory({
          domain: name,
          marks,
          sound: [...make, ...(chosen === undefined ? [] : [chosen])],
          unrevoked: back === undefined ? [] : [back.selector],
        }),
        ...make.map((each) => dkimKey({ domain: name, selector: each, coming: true, bits: vars.dkim_bits })),
        ...gone.map((each) => file({ path: `${KEYS}/${name}/${each}.private`, state: 'absent' })),
      ]),
      switches && opendkim({ ...tables, dropSigning: vars.drop_signing, active }),
    ]
  },
})
