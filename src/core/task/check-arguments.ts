// Checks the arguments of a call of a task module: unknown, missing and wrong ones.
import { inspect } from 'node:util'
import { maskKnown } from '../../shell/mask-known.ts'
import { nearest } from '../../text/nearest.ts'
import { listOf, text, type Argument } from './argument.ts'
import type { TaskDefinition } from './task-definition.ts'

const COMMON: Readonly<Record<string, Argument>> = { name: text, tags: listOf(text) }
const SHOWN_AT_MOST = 100

/** What is wrong with the arguments by all that a module says of them, or `undefined`. */
export const wrongArguments = <Args>(
  definition: Pick<TaskDefinition<Args, unknown>, 'arguments' | 'check'>,
  given: Args,
): string | undefined =>
  (definition.arguments && checkArguments(definition.arguments, given)) ?? definition.check?.(given)

/** What is wrong with the arguments, or `undefined`. */
export function checkArguments(wanted: Readonly<Record<string, Argument>>, given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return `an object of arguments is wanted, got ${shown(given)}`
  const values = given as Readonly<Record<string, unknown>>
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue
    const argument = argumentFor(key, wanted)
    if (argument === undefined) return `there is no argument ${JSON.stringify(key)}${hintAt(key, wanted)}`
    if (!argument.is(value)) return `${key} must be ${argument.wanted}, got ${shown(value)}`
  }
  const missing = Object.entries(wanted).find(([key, { required }]) => required && values[key] === undefined)
  if (missing === undefined) return undefined
  // In Ansible, many modules have an argument of that name.
  const onlyNamed = values['name'] !== undefined && !Object.hasOwn(wanted, 'name')
  const hint = onlyNamed ? '; name is only what reports call the task' : ''
  return `${missing[0]} is missing: ${missing[1].wanted} is wanted${hint}`
}

function argumentFor(key: string, wanted: Readonly<Record<string, Argument>>): Argument | undefined {
  if (Object.hasOwn(wanted, key)) return wanted[key]
  return Object.hasOwn(COMMON, key) ? COMMON[key] : undefined
}

function hintAt(key: string, wanted: Readonly<Record<string, Argument>>): string {
  const keys = Object.keys({ ...COMMON, ...wanted })
  const near = nearest(key, keys)
  return near ? `: did you mean ${near}?` : `; there are ${keys.join(', ')}`
}

/** A Secret shows itself as stars. */
function shown(value: unknown): string {
  // Masked before it is cut: half a secret would be known to no mask.
  const full = maskKnown(
    typeof value === 'string' ? JSON.stringify(value) : inspect(value, { depth: 1, breakLength: Infinity }),
  )
  return full.length <= SHOWN_AT_MOST ? full : `${full.slice(0, SHOWN_AT_MOST)}…`
}
