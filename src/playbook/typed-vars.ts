// Checks the vars of every host against the playbook's schema, and reports all errors together.
import type { Host } from '../core/fleet/host.ts'
import type { Playbook } from '../core/fleet/playbook.ts'
import { revealed } from '../secrets/sealed.ts'
import { unopenedIn } from '../secrets/unopened.ts'
import { secretsIn } from '../shell/secrets-in.ts'
import { nearest } from '../text/nearest.ts'
import { declaredNames, mayTake } from './declared-names.ts'
import { rereadText, type ExtraVar } from './extra-vars.ts'
import { missingVar, otherwise, pathOf, wrongVar, type Otherwise } from './var-problems.ts'

export interface Problem {
  readonly host: string
  /** file:line */
  readonly where: string
  readonly message: string
}

export interface TypedVars {
  readonly vars: unknown
  readonly problems: readonly Problem[]
  /** Vars that look like mistyped names of others, which are set, too: the playbook passes over them. */
  readonly doubts: readonly Problem[]
  /** The texts of those that are secret, by the inventory or by the schema. */
  readonly secrets: readonly string[]
}

/** @param others - vars that other playbooks of the run take: they are no mistyped names. */
export async function typedVars(
  { vars: schema }: Playbook,
  host: Host,
  extra: ReadonlyMap<string, ExtraVar>,
  others: readonly string[] = [],
): Promise<TypedVars> {
  const declared = declaredNames(schema)
  const { given, shut } = openVars(schema, new Map([...host.vars, ...extra]))
  if (shut.length > 0) {
    const problems = shut.map((each) => ({ host: host.name, ...each }))
    return { vars: undefined, problems, doubts: [], secrets: secretsIn([...given.values()]) }
  }
  const hidden = new Map(
    [...given].flatMap(([key, { value }]) => {
      const texts = secretsIn(value)
      return texts.length === 0 ? [] : [[key, texts] as const]
    }),
  )
  // Any schema takes plain values; what they are masked by stays known.
  const all = new Map([...given].map(([key, each]): [string, ExtraVar] => [key, hidden.has(key) ? plain(each) : each]))
  const check = async () =>
    schema['~standard'].validate(Object.fromEntries([...all].map(([key, { value }]) => [key, value])))
  let result = await check()
  // `-e bits=4096` is a text, and so is what was encrypted; where only another type fits, it is read as YAML.
  const refused = new Set((result.issues ?? []).map((issue) => pathOf(issue)[0]))
  const rereadable = [...all].filter(([key, { reread }]) => refused.has(key) && reread !== undefined)
  if (rereadable.length > 0) {
    for (const [key, { reread, where }] of rereadable) all.set(key, { value: reread, where })
    result = await check()
  }
  const misspelt = (wanted: (key: string, near: string) => boolean): readonly Problem[] =>
    [...all].flatMap(([key, { where }]) => {
      const near = declared.includes(key) || others.includes(key) ? undefined : nearest(key, declared)
      const message = `the playbook has no var ${key}: did you mean ${near ?? ''}?`
      return near !== undefined && wanted(key, near) ? [{ host: host.name, where, message }] : []
    })
  const problems = await Promise.all(
    (result.issues ?? []).map(async (issue): Promise<Problem> => {
      const name = pathOf(issue)[0] ?? ''
      const found = all.get(name)
      if (found === undefined)
        return { host: host.name, where: host.where, message: name === '' ? issue.message : missingVar(name, issue) }
      return {
        host: host.name,
        where: found.where,
        message: wrongVar(issue, found.value, hidden.has(name), await hintFor(schema, all, name, found.value)),
      }
    }),
  )
  const vars = result.issues ? undefined : result.value
  return {
    vars,
    problems: [...misspelt((_, near) => !all.has(near)), ...problems],
    doubts: misspelt((_, near) => all.has(near)),
    secrets: [...[...hidden.values()].flat(), ...secretsIn(vars)],
  }
}

/**
 * The vars without those that nobody here can open, and what is wrong with those that the schema takes: an encrypted
 * value stops who uses it.
 */
function openVars(
  schema: Playbook['vars'],
  said: ReadonlyMap<string, ExtraVar>,
): { readonly given: ReadonlyMap<string, ExtraVar>; readonly shut: readonly Omit<Problem, 'host'>[] } {
  const given = new Map<string, ExtraVar>()
  const shut: Omit<Problem, 'host'>[] = []
  for (const [key, each] of said) {
    const unopened = unopenedIn(each.value)
    if (unopened === undefined) given.set(key, each)
    else if (mayTake(schema, key)) {
      const { reason, where = each.where } = unopened.error
      shut.push({ where, message: `var ${key}: ${reason}` })
    }
  }
  return { given, shut }
}

const plain = ({ value, where }: ExtraVar): ExtraVar => ({
  value: revealed(value),
  where,
  reread: revealed(value, (secret) => (typeof secret === 'string' ? rereadText(secret) : secret)),
})

/** Whether the schema would take the var with quotes, or without. */
async function hintFor(
  schema: Playbook['vars'],
  all: ReadonlyMap<string, ExtraVar>,
  name: string,
  value: unknown,
): Promise<Otherwise['hint'] | undefined> {
  const other = otherwise(value)
  if (other === undefined) return undefined
  const { issues } = await schema['~standard'].validate({
    ...Object.fromEntries([...all].map(([key, each]) => [key, each.value])),
    [name]: other.value,
  })
  return (issues ?? []).some((issue) => pathOf(issue)[0] === name) ? undefined : (hidden) => other.hint(hidden)
}
