// The parameters of an instance of Postfix as each of its services reads them.
import type { Untrusted } from '../../../shell/untrusted.ts'
import { expansion, textOf, type Expansion, type Holder, type Lookup } from './expand.ts'
import { listItems } from '../../milters/milter-list.ts'
import type { PostfixInstance, PostfixService } from './sources.ts'
import { builtIn } from './built-in.ts'

export interface Read {
  /** Where it is set; `undefined`: it is not set. */
  readonly holder: Holder | undefined
  readonly expansion: Expansion
  /** With `$name` expanded. Where the value of a name is not known, the `$` stays. */
  readonly text: string
}

/** Where a parameter is set for a service. */
export const lookupIn =
  ({ main }: Pick<PostfixInstance, 'main'>, service?: PostfixService): Lookup =>
  (name) => {
    const own = service?.overrides.get(name)
    if (own !== undefined) return { parameter: name, service: service!.name, value: own }
    const value = main.get(name)
    return value === undefined ? builtIn(name) : { parameter: name, value }
  }

export class Reading {
  readonly instance: PostfixInstance
  /** Expanded values of main.cf, for services that set none of the parameters in them. */
  readonly #shared = new Map<string, Read>()

  constructor(instance: PostfixInstance) {
    this.instance = instance
  }

  read(name: Untrusted, service: PostfixService): Read {
    const known = service.overrides.has(name) ? undefined : this.#shared.get(name)
    if (known !== undefined && !setsOne(service, known)) return known
    const lookup = lookupIn(this.instance, service)
    const found = lookup(name)
    const holder = typeof found === 'object' ? found : undefined
    const expanded = holder === undefined ? builtInAs(name, found as string | undefined) : expansion(holder, lookup)
    const read = { holder, expansion: expanded, text: textOf(expanded.pieces) }
    if (!service.overrides.has(name) && !setsOne(service, read)) this.#shared.set(name, read)
    return read
  }

  value(name: Untrusted, service: PostfixService): string {
    return this.read(name, service).text
  }

  words(name: Untrusted, service: PostfixService): readonly string[] {
    return listItems(this.value(name, service))
  }
}

const setsOne = ({ overrides }: PostfixService, { expansion: { names } }: Read): boolean =>
  [...overrides.keys()].some((each) => names.has(each))

function builtInAs(parameter: Untrusted, value: string | undefined): Expansion {
  const holder = { parameter, value: value ?? `$${parameter}` }
  const place = { holder, start: 0, end: holder.value.length }
  return { pieces: holder.value === '' ? [] : [{ text: holder.value, place }], names: new Set() }
}
