// Finds macros in a value of a parameter of Postfix: `$name`, `${…}`, `$(…)` (its mac_parse(3)).
import type { Untrusted } from '../../../shell/untrusted.ts'
import type { Range } from './range.ts'

export interface Macro {
  /** What stands between its brackets, or its name. */
  readonly macro: Range
  readonly after: number
}

/** The macro at the `$` with which a part of a value starts. @returns a text: what Postfix cannot read there. */
export function macroAt(value: Untrusted, { start, end: last }: Range): Macro | string {
  const open = value[start + 1]
  if (start + 1 < last && (open === '{' || open === '(')) {
    const close = open === '{' ? '}' : ')'
    let level = 1
    for (let end = start + 2; end < last; end++) {
      if (value[end] === open) level++
      else if (value[end] === close) level--
      if (level === 0) return { macro: { start: start + 2, end }, after: end + 1 }
    }
    return `a $${open} that is never closed`
  }
  let end = start + 1
  while (end < last && /\w/.test(value[end]!)) end++
  return end === start + 1 ? 'a $ with no name behind it' : { macro: { start: start + 1, end }, after: end }
}
