// How dense TypeScript is: lines that are too long, and chains of too many conditions.
import ts from 'typescript-api'

const MAX_COLUMNS = 120
const MAX_CONDITIONS = 3

/** An address is never broken: a line may be longer by it. */
const ADDRESS = /\bhttps?:\/\/[^\s"'`)>]{60,}/

/** Numbers of lines, from 1, of more characters than there are columns. */
export function longLines(text: string): readonly number[] {
  return text
    .split('\n')
    .flatMap((line, index) => ([...line].length > MAX_COLUMNS && !ADDRESS.test(line) ? [index + 1] : []))
}

/** Lines, from 1, on which a chain of `&&`, `||` and `?:` of too many conditions begins, with how many they are. */
export function denseConditions(
  path: string,
  text: string,
): readonly { readonly line: number; readonly count: number }[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: { readonly line: number; readonly count: number }[] = []
  const visit = (node: ts.Node, inChain: boolean): void => {
    const count = inChain ? 0 : conditionsOf(node)
    if (count > MAX_CONDITIONS)
      found.push({ line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, count })
    const goesOn = isChain(node) || (inChain && unwrapped(node) !== undefined)
    ts.forEachChild(node, (child) => visit(child, goesOn))
  }
  visit(source, false)
  return found
}

/** The conditions of the chain that begins here; 0 where none does. */
function conditionsOf(node: ts.Node): number {
  const inner = unwrapped(node)
  if (inner !== undefined) return conditionsOf(inner)
  if (isLogical(node)) return Math.max(1, conditionsOf(node.left)) + Math.max(1, conditionsOf(node.right))
  if (!ts.isConditionalExpression(node)) return 0
  return Math.max(1, conditionsOf(node.condition)) + conditionsOf(node.whenTrue) + conditionsOf(node.whenFalse)
}

const isChain = (node: ts.Node): boolean => isLogical(node) || ts.isConditionalExpression(node)

function isLogical(node: ts.Node): node is ts.BinaryExpression {
  if (!ts.isBinaryExpression(node)) return false
  const { kind } = node.operatorToken
  return kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken
}

/** What stands in brackets, behind a `!`, or before an `as`. */
function unwrapped(node: ts.Node): ts.Node | undefined {
  if (ts.isPrefixUnaryExpression(node)) return node.operand
  const wraps = ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node)
  return wraps ? node.expression : undefined
}
