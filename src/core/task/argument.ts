// The types of arguments of task modules. They are checked when a playbook is loaded, because playbooks run without a
// compiler.
import { Secret } from '../../shell/secret.ts'

/** One argument: what is wanted in words, whether a value is that, and whether it may be left out. */
export interface Argument {
  /** `a text`, `present, absent or latest` */
  readonly wanted: string
  readonly required: boolean
  is(value: unknown): boolean
}

type Keys<Args> = Args extends unknown ? keyof Args : never

/** An argument for every key of the arguments' type, those of all members of a union included. */
export type ArgumentsOf<Args> = { readonly [Key in Keys<Args>]-?: Argument }

/** Any other kind. @param wanted - in words: `four octal digits` */
export const argument = (wanted: string, is: (value: unknown) => boolean): Argument => ({ wanted, required: false, is })

/** The same, not to be left out. */
export const required = (given: Argument): Argument => ({ ...given, required: true })

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

export const text = argument('a text', (value) => typeof value === 'string')
export const flag = argument('true or false', (value) => typeof value === 'boolean')
export const number = argument('a number', (value) => Number.isFinite(value))
export const seconds = argument(
  'a number of seconds above 0',
  (value) => Number.isFinite(value) && (value as number) > 0,
)
export const regexp = argument('a regular expression (/…/)', (value) => value instanceof RegExp)
export const bytes = argument('bytes (a Uint8Array)', (value) => value instanceof Uint8Array)
export const secret = argument('a Secret', (value) => value instanceof Secret)
export const record = argument('an object', (value) => isObject(value) && !Array.isArray(value))
/** What the `sh` tag makes. */
export const script = argument(
  'a script (made with sh`…`)',
  (value) => isObject(value) && 'text' in value && 'shown' in value,
)

/** One of these words. @example oneOf('present', 'absent') */
export const oneOf = (...words: readonly string[]): Argument =>
  argument(inWords(words), (value) => words.includes(value as string))

export const listOf = (item: Argument): Argument =>
  argument(`a list, each of it ${item.wanted}`, (value) => Array.isArray(value) && value.every((each) => item.is(each)))

export const either = (...kinds: readonly Argument[]): Argument =>
  argument(inWords(kinds.map(({ wanted }) => wanted)), (value) => kinds.some((kind) => kind.is(value)))

/** An object with these members. */
export const object = (members: Readonly<Record<string, Argument>>): Argument =>
  argument(
    `an object with ${Object.keys(members).join(', ')}`,
    (value) => record.is(value) && membersAreRight(members, value as Readonly<Record<string, unknown>>),
  )

const membersAreRight = (
  members: Readonly<Record<string, Argument>>,
  value: Readonly<Record<string, unknown>>,
): boolean =>
  Object.keys(value).every((key) => key in members) &&
  Object.entries(members).every(([key, { required: must, is }]) => (value[key] === undefined ? !must : is(value[key])))

const inWords = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
