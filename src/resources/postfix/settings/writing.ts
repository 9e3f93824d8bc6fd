// Settings of main.cf and master.cf while they are changed.
import type { Untrusted } from '../../../shell/untrusted.ts'
import type { Holder } from './expand.ts'
import type { Edit } from './item-place.ts'
import { compactList } from '../../milters/milter-list.ts'
import type { MilterList } from '../../milters/milter-uses.ts'
import { withSettings, type Settings } from './with-settings.ts'
import type { PostfixSources } from './sources.ts'

interface Changed {
  readonly holder: Holder
  /** By where they begin. */
  readonly edits: Map<number, Edit>
  whole?: string
}

export class Writing {
  readonly #sources: PostfixSources
  /** What others than lists of milters refer to. */
  readonly #taken: ReadonlySet<string>
  readonly #changed = new Map<string, Changed>()
  #text = ''

  constructor(sources: PostfixSources, lists: readonly MilterList[]) {
    this.#sources = sources
    this.#taken = namedOutside(sources, lists)
  }

  /** Whether a part of a value could be replaced; always by the same text. */
  replace(edit: Edit, text: string): boolean {
    const { holder, start, end } = edit
    if (this.#taken.has(holder.parameter)) return false
    if (holder.service !== undefined && /\s/.test(compactList(holder.value))) return false
    const { edits } = this.#of(holder)
    const known = edits.get(start)
    if (known !== undefined) return known.end === end
    edits.set(start, edit)
    this.#text = text
    return true
  }

  set(holder: Holder, value: string): void {
    this.#of(holder).whole = value.replaceAll('$', '$$$$')
  }

  settings(): Settings {
    const values = [...this.#changed.values()].map((each) => ({ holder: each.holder, value: this.#valueOf(each) }))
    return {
      main: values.flatMap(({ holder, value }) =>
        holder.service === undefined ? [[holder.parameter, value] as const] : [],
      ),
      master: values.flatMap(({ holder, value }) =>
        holder.service === undefined ? [] : [[holder.service, holder.parameter, value] as const],
      ),
    }
  }

  /** The sources with what is changed. */
  applied(): PostfixSources {
    return withSettings(this.#sources, this.settings())
  }

  #of(holder: Holder): Changed {
    const key = `${holder.service ?? ''}\0${holder.parameter}`
    const changed = this.#changed.get(key) ?? { holder, edits: new Map<number, Edit>() }
    this.#changed.set(key, changed)
    return changed
  }

  #valueOf(changed: Changed): string {
    const value = this.#edited(changed)
    return changed.holder.service === undefined ? value : compactList(value)
  }

  #edited({ holder: { value }, edits, whole }: Changed): string {
    if (whole !== undefined) return whole
    const parts: string[] = []
    let at = 0
    for (const { start, end } of [...edits.values()].sort((one, other) => one.start - other.start)) {
      if (start < at) continue
      parts.push(value.slice(at, start), this.#text)
      at = end
    }
    return [...parts, value.slice(at)].join('')
  }
}

/** Names that parameters refer to which are no lists of milters, nor lead from one. */
function namedOutside({ main, services }: PostfixSources, lists: readonly MilterList[]): ReadonlySet<string> {
  const own = new Set(lists.flatMap(({ parameter, expansion }) => [parameter, ...expansion.names]))
  const named = new Set<string>()
  for (const values of [main, ...services.map(({ overrides }) => overrides)])
    for (const [parameter, value] of values) if (!own.has(parameter)) for (const name of namesIn(value)) named.add(name)
  return named
}

const namesIn = (value: Untrusted): readonly string[] =>
  [...value.matchAll(/\$[({]?\s*(\w+)/g)].map(([, name = '']) => name)
