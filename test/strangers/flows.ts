// Where strangers' text is handed to a function whose parameter is not marked for it, and where it comes in unmarked.
import ts from 'typescript-api'
import type { IsStrangers } from './handed-on.ts'
import { carries, isMarked, pathOf } from './marked.ts'

/** `file:line what` for each. */
export function unmarkedUses(
  file: ts.SourceFile,
  checker: ts.TypeChecker,
  isStrangers: IsStrangers,
): readonly string[] {
  const found: string[] = []
  const tell = (node: ts.Node, what: string): void => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart())
    found.push(`${pathOf(file)}:${line + 1} ${what}`)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const what =
        unmarkedArgument(node, checker, isStrangers) ??
        unmarkedCallback(node, checker, isStrangers) ??
        unmarkedListener(node, file, checker)
      if (what !== undefined) tell(node, what)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** A function of ours, which says of each of its parameters what it is ready for. */
const isOurs = (
  declared: ts.SignatureDeclaration | ts.JSDocSignature | undefined,
): declared is ts.SignatureDeclaration =>
  declared !== undefined &&
  /\/(?:src|tasks|planted)\//.test(declared.getSourceFile().fileName.replace(/^.*node_modules/, ''))

/** Strangers' text for an unmarked parameter of a function of ours. */
function unmarkedArgument(
  call: ts.CallExpression,
  checker: ts.TypeChecker,
  isStrangers: IsStrangers,
): string | undefined {
  const signature = checker.getResolvedSignature(call)
  if (!isOurs(signature?.declaration)) return undefined
  const wrong = call.arguments.find((argument, index) => {
    const parameter = signature.parameters[index]
    return parameter !== undefined && isStrangers(argument) && !isReady(parameter, checker)
  })
  return wrong === undefined ? undefined : `${call.expression.getText()}(${wrong.getText()})`
}

/** A function of ours that is handed to a method of strangers' text, or of a list of it, and called with that. */
function unmarkedCallback(
  { expression, arguments: [callback] }: ts.CallExpression,
  checker: ts.TypeChecker,
  isStrangers: IsStrangers,
): string | undefined {
  if (callback === undefined || !ts.isIdentifier(callback) || !ts.isPropertyAccessExpression(expression))
    return undefined
  const [signature] = checker.getTypeAtLocation(callback).getCallSignatures()
  const first = signature?.parameters[0]
  if (first === undefined || !isOurs(signature!.declaration) || !isStrangers(expression.expression)) return undefined
  return isReady(first, checker) ? undefined : `${expression.getText()}(${callback.text})`
}

/** It is marked, or any type will do: what holds things of any type does not read them. */
function isReady(parameter: ts.Symbol, checker: ts.TypeChecker): boolean {
  const declared = parameter.valueDeclaration
  const type = checker.getTypeOfSymbol(parameter)
  if (carries(type, checker)) return true
  const written = declared !== undefined && ts.isParameter(declared) ? declared.type : undefined
  return written !== undefined && ownTypeParameters(declared!.parent, written, checker)
}

function ownTypeParameters(owner: ts.Node, written: ts.TypeNode, checker: ts.TypeChecker): boolean {
  let found = false
  const visit = (node: ts.Node): void => {
    const isOwn =
      ts.isTypeReferenceNode(node) && (checker.getTypeFromTypeNode(node).flags & ts.TypeFlags.TypeParameter) !== 0
    if (isOwn) found = true
    else ts.forEachChild(node, visit)
  }
  if (ts.isFunctionLike(owner)) visit(written)
  return found
}

/** What is on the other end there is whoever runs mailrun. */
const NO_STRANGERS = /^src\/(?:cli\/terminal\/ask-on-terminal|ssh\/config\/shell-exec)\.ts$/

/** `on('data', …)` of a stream or a socket whose listener does not say that it is strangers' bytes. */
function unmarkedListener(call: ts.CallExpression, file: ts.SourceFile, checker: ts.TypeChecker): string | undefined {
  const { expression } = call
  const [event, listener] = call.arguments
  const listens = ts.isPropertyAccessExpression(expression) && LISTENS.has(expression.name.text)
  const isMethod = listens && !NO_STRANGERS.test(pathOf(file))
  const isData = event !== undefined && ts.isStringLiteral(event) && BYTES.has(event.text)
  if (!isMethod || !isData || listener === undefined) return undefined
  const [signature] = checker.getTypeAtLocation(listener).getCallSignatures()
  const first = signature?.parameters[0]
  if (first === undefined || isMarked(checker.getTypeOfSymbol(first))) return undefined
  return `${expression.getText()}('${event.text}', …) takes bytes that are not marked`
}
const LISTENS = new Set(['on', 'once', 'addListener', 'prependListener'])
const BYTES = new Set(['data', 'message', 'line'])
