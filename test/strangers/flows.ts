// Where strangers' text is handed to a function whose parameter is not marked for it, and where it comes in unmarked.
import ts from 'typescript'
import { carries, isMarked, pathOf } from './marked.ts'

/** `file:line what` for each. */
export function unmarkedUses(file: ts.SourceFile, checker: ts.TypeChecker): readonly string[] {
  const found: string[] = []
  const tell = (node: ts.Node, what: string): void => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart())
    found.push(`${pathOf(file)}:${line + 1} ${what}`)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const what = unmarkedArgument(node, checker) ?? unmarkedListener(node, file, checker)
      if (what !== undefined) tell(node, what)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** A marked argument for an unmarked parameter of a function of ours. */
function unmarkedArgument(call: ts.CallExpression, checker: ts.TypeChecker): string | undefined {
  const signature = checker.getResolvedSignature(call)
  const declared = signature?.declaration
  if (signature === undefined || declared === undefined) return undefined
  if (!/\/(?:src|tasks)\//.test(declared.getSourceFile().fileName.replace(/^.*node_modules/, ''))) return undefined
  const wrong = call.arguments.find((argument, index) => {
    const parameter = signature.parameters[index]
    if (parameter === undefined || !isMarked(checker.getTypeAtLocation(argument))) return false
    return !carries(checker.getTypeOfSymbol(parameter), checker)
  })
  return wrong === undefined ? undefined : `${call.expression.getText()}(${wrong.getText()})`
}

/** Rooms whose streams are strangers'. */
const ROOMS = /^src\/(?:connection|engine)\//

/** `on('data', …)` of a stream whose listener does not say that it is strangers' bytes. */
function unmarkedListener(call: ts.CallExpression, file: ts.SourceFile, checker: ts.TypeChecker): string | undefined {
  const [event, listener] = call.arguments
  const isData = event !== undefined && ts.isStringLiteral(event) && event.text === 'data'
  if (!isData || listener === undefined || !ROOMS.test(pathOf(file))) return undefined
  const [signature] = checker.getTypeAtLocation(listener).getCallSignatures()
  const first = signature?.parameters[0]
  if (first === undefined || isMarked(checker.getTypeOfSymbol(first))) return undefined
  return `${call.expression.getText()}('data', …) takes bytes that are not marked`
}
