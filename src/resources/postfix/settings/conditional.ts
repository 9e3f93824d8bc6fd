// Parses the inside of a macro of Postfix: `name`, `name?text`, `name:text`, `{a} == {b} ? {x} : {y}` (postconf(5),
// mac_expand(3)).
import type { Untrusted } from '../../../shell/untrusted.ts'
import type { Range } from './range.ts'

export type Test =
  | { readonly name: string }
  | { readonly left: Range; readonly operator: string; readonly right: Range }

export type Conditional =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'test'; readonly test: Test; readonly then?: Range; readonly otherwise?: Range }

const OPERATORS = ['==', '!=', '<', '<=', '>=', '>']

/** @returns the parsed macro; or a text that says why Postfix refuses it, or why mailrun cannot parse it. */
export function conditionalOf(value: Untrusted, { start, end }: Range): Conditional | string {
  let at = skipped(value, start, end)
  let test: Test
  if (value[at] === '{' && at < end) {
    const relation = relationAt(value, { start: at, end })
    if (typeof relation === 'string') return relation
    test = relation.test
    at = relation.after
    // A comparison without a result text gives `true` or nothing, and that is no socket.
    if (at === end) return { kind: 'test', test }
  } else {
    let after = at
    while (after < end && /\w/.test(value[after]!)) after++
    const name = value.slice(at, after)
    at = skipped(value, after, end)
    if (at === end) return { kind: 'name', name }
    if (value[at] === '{') return `\${${name}{…}} is a function, which is not read here`
    test = { name }
  }
  if (value[at] !== '?' && value[at] !== ':') return `Postfix cannot read \${${value.slice(start, end)}}`
  return branchesAt(value, { start: at, end }, test)
}

function branchesAt(value: Untrusted, { start, end }: Range, test: Test): Conditional | string {
  const wrong = `Postfix cannot read what follows \${…${value.slice(start, start + 20)}`
  let at = start
  let then: Range | undefined
  if (value[at] === '?') {
    const operand = operandAt(value, { start: at + 1, end })
    if (typeof operand === 'string') return operand
    then = operand
    at = operand.after
    if (at === end) return { kind: 'test', test, then }
    if (value[at] !== ':') return wrong
  }
  const otherwise = operandAt(value, { start: at + 1, end })
  if (typeof otherwise === 'string') return otherwise
  if (otherwise.after !== end) return wrong
  return { kind: 'test', test, ...(then === undefined ? {} : { then }), otherwise }
}

/** The text in `{text}`, else everything that is left. */
function operandAt(value: Untrusted, { start, end }: Range): (Range & { readonly after: number }) | string {
  const at = skipped(value, start, end)
  return value[at] === '{' && at < end ? bracedAt(value, { start: at, end }) : { start, end, after: end }
}

/** The range inside the braces at the start, and the place after them. */
function bracedAt(value: Untrusted, { start, end }: Range): (Range & { readonly after: number }) | string {
  let level = 0
  for (let at = start; at < end; at++) {
    if (value[at] === '{') level++
    else if (value[at] === '}') level--
    if (level === 0) return { start: start + 1, end: at, after: skipped(value, at + 1, end) }
  }
  return 'it has a { that is never closed'
}

function relationAt(value: Untrusted, range: Range): { readonly test: Test; readonly after: number } | string {
  const left = bracedAt(value, range)
  if (typeof left === 'string') return left
  let at = left.after
  while (at < range.end && '<>!=?+-*/~&|%'.includes(value[at]!)) at++
  const operator = value.slice(left.after, at)
  if (!OPERATORS.includes(operator))
    return `Postfix compares by ${OPERATORS.join(', ')}, not by ${operator || 'nothing'}`
  const right = skipped(value, at, range.end)
  // `<=level` compares compatibility levels.
  if (value[right] !== '{' || right >= range.end) return 'it compares in a way that is not read here'
  const braced = bracedAt(value, { start: right, end: range.end })
  if (typeof braced === 'string') return braced
  return { test: { left, operator, right: braced }, after: braced.after }
}

function skipped(value: Untrusted, start: number, end: number): number {
  let at = start
  while (at < end && ' \t\r\n'.includes(value[at]!)) at++
  return at
}

/** Compares two values, as numbers if both are numbers. */
export function compared(left: string, operator: string, right: string): boolean {
  const areNumbers = /^\d+$/.test(left) && /^\d+$/.test(right)
  const order = areNumbers ? Number(left) - Number(right) : Buffer.compare(Buffer.from(left), Buffer.from(right))
  switch (operator) {
    case '==':
      return order === 0
    case '!=':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    default:
      return order >= 0
  }
}
