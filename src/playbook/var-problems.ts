// Describes what is wrong with a var: what was expected, what was given, and where quotes make the difference.
import type { StandardIssue } from '../core/standard-schema.ts'
import { Secret } from '../shell/secret.ts'
import { rereadText } from './extra-vars.ts'

/** The value of a var of such a name is not shown. */
export const SECRET_NAME = /pass|secret|token|key/i
const SHOWN_AT_MOST = 80

/** Words for valibot's names of types. */
const TYPES: Readonly<Record<string, string>> = {
  Array: 'a list',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  Object: 'a mapping',
}

export const pathOf = ({ path }: StandardIssue): readonly string[] =>
  (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))

/**
 * `var domains[0]: a domain name is wanted, got 5`
 * The message for a wrong var.
 *
 * @param value - the value of the whole var.
 * @param secret - whether the value must not be shown.
 */
export function wrongVar(
  issue: StandardIssue,
  value: unknown,
  secret: boolean,
  hint: Otherwise['hint'] | undefined,
): string {
  const [name = '', ...inner] = pathOf(issue)
  const place = [name, ...inner.map((key) => `[${key}]`)].join('')
  const wanted = inWords(issue.message)
  const came = inner.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[key] : undefined),
    value,
  )
  const hidden = secret || SECRET_NAME.test(name) || (issue as { readonly input?: unknown }).input instanceof Secret
  const shown = hidden ? undefined : JSON.stringify(came)
  const got = shown === undefined || shown.length > SHOWN_AT_MOST || wanted.includes(shown) ? '' : `, got ${shown}`
  const safe = hidden ? wanted.replace(/[,;]? (?:but received|got) .*/s, '') : wanted
  return `var ${place}: ${safe}${got}${hint === undefined ? '' : `: ${hint(hidden)}`}`
}

/** The message for a missing var, with the words of the playbook's author. A schema's own words would add nothing. */
export function missingVar(name: string, { message }: StandardIssue): string {
  const words = /^Invalid (?:key|type)/.test(message) ? '' : ` (${message})`
  return `the var ${name} is missing: set it for the host or one of its groups${words}`
}

function inWords(message: string): string {
  const type = /^Invalid type: Expected (\S+) but received/.exec(message)?.[1]
  return type === undefined ? message : `${TYPES[type] ?? type} is wanted`
}

export interface Otherwise {
  readonly value: unknown
  /** What to write. @param hidden - whether the value must not be shown. */
  hint(hidden: boolean): string
}

/** What the user may have meant: the value with quotes, without quotes, or as a list. */
export function otherwise(value: unknown): Otherwise | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') {
    const read = typeof value === 'number' ? 'a number' : 'true or false'
    return { value: String(value), hint: () => `quote it, for YAML reads it as ${read}` }
  }
  if (typeof value !== 'string') return undefined
  if (/^\d+$/.test(value)) return { value: Number(value), hint: () => 'without quotes, it is to be a number' }
  if (/^(?:true|false)$/.test(value))
    return { value: value === 'true', hint: () => 'without quotes, it is to be true or false' }
  const reread = /^\s*[[{]/.test(value) ? rereadText(value) : undefined
  if (typeof reread === 'object') {
    const written = JSON.stringify(reread)
    return {
      value: reread,
      hint: (hidden) =>
        hidden || written.length > SHOWN_AT_MOST
          ? 'take the quotes around it away'
          : `write ${written}, with no quotes around it`,
    }
  }
  return {
    value: [value],
    hint: (hidden) => (hidden ? 'a list is written in brackets' : `a list is written [${value}]`),
  }
}
