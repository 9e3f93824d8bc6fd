// Checks the vars of every host against the playbook's schema, and tells all that is wrong at once.
import type { Host } from '../model/host.ts'
import type { Playbook } from '../model/playbook.ts'
import type { StandardIssue } from '../model/standard-schema.ts'
import { nearest } from '../text/nearest.ts'
import type { ExtraVar } from './extra-vars.ts'

export interface Problem {
  readonly host: string
  /** file:line */
  readonly where: string
  readonly message: string
}

export interface TypedVars {
  readonly vars: unknown
  readonly problems: readonly Problem[]
}

export async function typedVars({ vars: schema }: Playbook, host: Host, extra: ReadonlyMap<string, ExtraVar>): Promise<TypedVars> {
  const all = new Map<string, ExtraVar>([...host.vars, ...extra])
  const check = async () => schema['~standard'].validate(Object.fromEntries([...all].map(([key, { value }]) => [key, value])))
  let result = await check()
  // `-e bits=4096` is a text; where only another type fits, it is read as YAML.
  const refused = new Set((result.issues ?? []).map((issue) => pathOf(issue)[0]))
  const rereadable = [...all].filter(([key, { reread }]) => refused.has(key) && reread !== undefined)
  if (rereadable.length > 0) {
    for (const [key, { reread, where }] of rereadable) all.set(key, { value: reread, where })
    result = await check()
  }
  const declared = declaredNames(schema)
  const misspelt = [...all].flatMap(([key, { where }]): Problem[] => {
    const near = declared.includes(key) ? undefined : nearest(key, declared)
    return near === undefined || all.has(near) ? [] : [{ host: host.name, where, message: `the playbook has no var ${key}: did you mean ${near}?` }]
  })
  const problems = (result.issues ?? []).map((issue) => problemOf(issue, host, all))
  return { vars: result.issues ? undefined : result.value, problems: [...misspelt, ...problems] }
}

function problemOf(issue: StandardIssue, host: Host, all: ReadonlyMap<string, ExtraVar>): Problem {
  const [name = '', ...inner] = pathOf(issue)
  const found = all.get(name)
  if (name !== '' && found === undefined) {
    return { host: host.name, where: host.where, message: `the var ${name} is missing: set it for the host or one of its groups (${issue.message})` }
  }
  const place = [name, ...inner.map((key) => `[${key}]`)].join('')
  return { host: host.name, where: found?.where ?? host.where, message: `var ${place}: ${/pass|secret|token|key/i.test(name) ? issue.message.replace(/ but received .*| got .*/s, '') : issue.message}` }
}

const pathOf = ({ path }: StandardIssue): readonly string[] => (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))

/** valibot's objects have `entries`, zod's have `shape`. */
function declaredNames(schema: object): readonly string[] {
  const { entries, shape } = schema as { readonly entries?: object; readonly shape?: object }
  return Object.keys(entries ?? shape ?? {})
}
