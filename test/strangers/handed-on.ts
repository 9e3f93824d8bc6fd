// Follows strangers' text through what is made of it: pieces, lists of pieces, matches, what callbacks are given, and
// what functions return. Their types are plain, for the methods of strings know no mark.
import ts from 'typescript-api'
import { isMarked } from './marked.ts'

/** Whether an expression is strangers' text, or a list of such, by its type or by what it is made of. */
export type IsStrangers = (node: ts.Expression) => boolean

/** Methods of strings and bytes that give a part of them, or all. */
const OF_TEXT = new Set(
  (
    'slice substring substr subarray trim trimEnd trimStart toLowerCase toUpperCase replace replaceAll split ' +
    'normalize padEnd padStart at charAt concat repeat toString match matchAll toWellFormed'
  ).split(' '),
)
/** Methods of lists, sets and maps that give what is in them. */
const OF_LISTS = new Set(
  (
    'slice filter map flatMap at find findLast concat reverse sort toReversed toSorted pop shift flat join values ' +
    'with get'
  ).split(' '),
)
/** Whose result holds their arguments. */
const WRAPPING = new Set(['from', 'concat', 'of', 'exec', 'String'])

/** Looks at all files until nothing more is found. */
export function strangersIn(files: readonly ts.SourceFile[], checker: ts.TypeChecker): IsStrangers {
  const known = new Known(checker)
  while (known.learnsFrom(files)) continue
  return (node) => known.is(node)
}

class Known {
  #grew = false
  readonly #checker: ts.TypeChecker
  /** Variables, parameters of callbacks, and functions that return it. */
  readonly #holders = new Set<ts.Symbol | ts.SignatureDeclaration>()

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  is(node: ts.Expression): boolean {
    const type = this.#checker.getTypeAtLocation(node)
    if (isMarked(type)) return true
    if (!isTextual(type, this.#checker)) return false
    if (holdsMarked(type, this.#checker)) return true
    if (ts.isIdentifier(node)) return this.#holders.has(this.#checker.getSymbolAtLocation(node)!)
    if (ts.isCallExpression(node)) return this.#isResult(node)
    return this.#partsOf(node).some((part) => this.is(part))
  }

  /** What a text, or a list, is made of. A sentence of ours that quotes it is a message: it is printed, not read. */
  #partsOf(node: ts.Expression): readonly ts.Expression[] {
    if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node))
      return [node.expression]
    if (ts.isElementAccessExpression(node)) return [node.expression]
    if (ts.isPropertyAccessExpression(node)) return node.name.text === 'groups' ? [node.expression] : []
    if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse]
    if (ts.isBinaryExpression(node)) return [node.left, node.right]
    if (ts.isArrayLiteralExpression(node)) return node.elements.map(unspread)
    return []
  }

  #isResult(call: ts.CallExpression): boolean {
    const declared = this.#checker.getResolvedSignature(call)?.declaration
    if (declared !== undefined && this.#holders.has(declared as ts.SignatureDeclaration)) return true
    const { expression } = call
    const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText()
    if (WRAPPING.has(name) && call.arguments.some((each) => this.is(unspread(each)))) return true
    if (!ts.isPropertyAccessExpression(expression) || !this.is(expression.expression)) return false
    const [callback] = call.arguments
    const makesNew = (name === 'map' || name === 'flatMap') && callback !== undefined
    if (makesNew) return this.#isMadeBy(callback)
    return OF_TEXT.has(name) || OF_LISTS.has(name)
  }

  #isMadeBy(callback: ts.Expression): boolean {
    const [signature] = this.#checker.getTypeAtLocation(callback).getCallSignatures()
    return signature?.declaration !== undefined && this.#holders.has(signature.declaration as ts.SignatureDeclaration)
  }

  /** Whether one more look at them has said something new. */
  learnsFrom(files: readonly ts.SourceFile[]): boolean {
    this.#grew = false
    for (const file of files) this.learnFrom(file)
    return this.#grew
  }

  learnFrom(node: ts.Node): void {
    if (ts.isVariableDeclaration(node) && node.initializer !== undefined && this.is(node.initializer))
      this.#bind(node.name)
    if (ts.isForOfStatement(node) && this.is(node.expression) && ts.isVariableDeclarationList(node.initializer))
      this.#bind(node.initializer.declarations[0]!.name)
    if (ts.isBinaryExpression(node) && isAssignment(node)) this.#learnFromAssignment(node)
    if (ts.isCallExpression(node)) this.#learnFromCall(node)
    if (ts.isFunctionLike(node) && this.#returns(node)) this.#add(node)
    ts.forEachChild(node, (child) => this.learnFrom(child))
  }

  #learnFromAssignment({ left, right }: ts.BinaryExpression): void {
    if (ts.isIdentifier(left) && this.is(right)) this.#bind(left)
  }

  #learnFromCall({ expression, arguments: given }: ts.CallExpression): void {
    if (!ts.isPropertyAccessExpression(expression)) return
    const owner = expression.expression
    if (expression.name.text === 'push' && ts.isIdentifier(owner) && given.some((each) => this.is(unspread(each))))
      this.#bind(owner)
    if (!this.is(owner)) return
    for (const callback of given.filter((each) => ts.isArrowFunction(each)))
      for (const { name } of callback.parameters) this.#bind(name)
  }

  #returns(node: ts.SignatureDeclaration): boolean {
    const { body } = node as ts.FunctionLikeDeclaration
    if (body === undefined || this.#holders.has(node)) return false
    if (!ts.isBlock(body)) return this.is(body)
    let found = false
    const visit = (child: ts.Node): void => {
      if (found || ts.isFunctionLike(child)) return
      if (ts.isReturnStatement(child) && child.expression !== undefined && this.is(child.expression)) found = true
      else ts.forEachChild(child, visit)
    }
    ts.forEachChild(body, visit)
    return found
  }

  #bind(name: ts.BindingName): void {
    if (!ts.isIdentifier(name)) {
      for (const each of name.elements) if (ts.isBindingElement(each)) this.#bind(each.name)
      return
    }
    const symbol = this.#checker.getSymbolAtLocation(name)
    if (symbol !== undefined && isTextual(this.#checker.getTypeAtLocation(name), this.#checker)) this.#add(symbol)
  }

  #add(holder: ts.Symbol | ts.SignatureDeclaration): void {
    if (this.#holders.has(holder)) return
    this.#holders.add(holder)
    this.#grew = true
  }
}

const unspread = (node: ts.Expression): ts.Expression => (ts.isSpreadElement(node) ? node.expression : node)

const isAssignment = ({ operatorToken: { kind } }: ts.BinaryExpression): boolean =>
  [ts.SyntaxKind.EqualsToken, ts.SyntaxKind.PlusEqualsToken, ts.SyntaxKind.QuestionQuestionEqualsToken].includes(kind)

const partsOfType = (type: ts.Type, checker: ts.TypeChecker): readonly ts.Type[] => {
  if (type.isUnionOrIntersection()) return type.types
  const name = (type.symbol as ts.Symbol | undefined)?.name ?? ''
  return LISTS.test(name) || checker.isTupleType(type) ? checker.getTypeArguments(type as ts.TypeReference) : []
}
const LISTS = /^(?:Readonly)?(?:Array|Set|Map)$|^(?:Iterable|IterableIterator|Generator)$|^RegExp(?:Match|Exec)Array$/

/** Text, bytes, a match, or a list of such. */
function isTextual(type: ts.Type, checker: ts.TypeChecker): boolean {
  const name = (type.symbol as ts.Symbol | undefined)?.name ?? ''
  if (type.flags & ts.TypeFlags.String || /^(?:Buffer|Uint8Array|RegExp(?:Match|Exec)Array)$/.test(name)) return true
  return partsOfType(type, checker).some((part) => isTextual(part, checker))
}

const holdsMarked = (type: ts.Type, checker: ts.TypeChecker): boolean =>
  partsOfType(type, checker).some((part) => isMarked(part) || holdsMarked(part, checker))
