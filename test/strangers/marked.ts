// Finds the parsers of strangers' text in the build: functions whose parameters are marked by their types, what has
// such methods, and what makes it.
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript-api'
import { ROOT } from '../unit/cli/mailrun.ts'

export interface Sources {
  readonly checker: ts.TypeChecker
  readonly files: readonly ts.SourceFile[]
}

/** @param folders - their modules; those that others are imported from come along. */
export function sources(folders: readonly string[] = ['src', 'tasks']): Sources {
  const names = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(ROOT, folder, name)),
  )
  const program = ts.createProgram(names, {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    types: ['node'],
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
  })
  return { checker: program.getTypeChecker(), files: names.map((name) => program.getSourceFile(name)!) }
}

export const pathOf = (file: ts.SourceFile): string => relative(ROOT, file.fileName)

const MARK = '__@stranger@'

/** Whether the type is `Untrusted<…>` itself. */
export function isMarked(type: ts.Type): boolean {
  const known = marked.get(type) ?? looksMarked(type)
  marked.set(type, known)
  return known
}
const marked = new Map<ts.Type, boolean>()

function looksMarked(type: ts.Type): boolean {
  if (type.isUnion()) return type.types.some(isMarked)
  return type.isIntersection() && type.getProperties().some(({ escapedName }) => String(escapedName).startsWith(MARK))
}

/** Of a type that is made of others: those, but for functions'. */
function partsOf(type: ts.Type, checker: ts.TypeChecker): readonly ts.Type[] {
  if (type.isUnionOrIntersection()) return type.types
  if ((type.flags & ts.TypeFlags.Object) === 0 || type.getCallSignatures().length > 0) return []
  const arguments_ = isLibrary(type) ? checker.getTypeArguments(type as ts.TypeReference) : []
  const indexed = [type.getStringIndexType(), type.getNumberIndexType()].filter((each) => each !== undefined)
  const properties = isLibrary(type) ? [] : type.getProperties().map((each) => checker.getTypeOfSymbol(each))
  return [...arguments_, ...indexed, ...properties]
}

/** An array, a map, a set, a promise, a buffer: its methods are not looked at. */
export const isLibrary = (type: ts.Type): boolean =>
  // What `Record` or `Pick` makes is an object of ours.
  (type.symbol as ts.Symbol | undefined)?.name !== '__type' &&
  ((type.symbol as ts.Symbol | undefined)?.declarations?.some((each) =>
    each.getSourceFile().fileName.includes('node_modules'),
  ) ??
    false)

const DEPTH = 7

/** Whether a value of the type holds marked text, at whatever place. */
export function carries(type: ts.Type, checker: ts.TypeChecker, depth = DEPTH): boolean {
  const known = carrying.get(type)
  if (known !== undefined) return known
  if (isMarked(type)) return true
  if (depth === 0) return false
  const found = partsOf(type, checker).some((part) => carries(part, checker, depth - 1))
  if (found || depth === DEPTH) carrying.set(type, found)
  return found
}
const carrying = new Map<ts.Type, boolean>()

/** A parameter's type, where it may be left out without that. */
const parameterTypes = (signature: ts.Signature, checker: ts.TypeChecker): readonly ts.Type[] =>
  signature.parameters.map((each) => checker.getNonNullableType(checker.getTypeOfSymbol(each)))

export interface Parser {
  readonly file: ts.SourceFile
  /** As it is exported. */
  readonly name: string
  /**
   * How to come to the function from what is exported: called (with arguments of these types), or by a method's name.
   */
  readonly way: readonly (readonly ts.Type[] | string)[]
}

/** Whether the hostile text is handed over as it is: objects of ours take longer to make than to read. */
export function isDirect({ way }: Parser, checker: ts.TypeChecker): boolean {
  const types = way.at(-1) as readonly ts.Type[]
  return types.some((type) => isMarked(type) || ['Answer', 'readonly Untrusted[]'].includes(checker.typeToString(type)))
}

export const titleOf = ({ file, name, way }: Parser): string =>
  `${pathOf(file)} ${name}${way.map((step) => (typeof step === 'string' ? `.${step}` : '()')).join('')}`

/** All of a module's. A factory's own arguments are not marked, its product's methods are. */
export function parsersOf(file: ts.SourceFile, checker: ts.TypeChecker): readonly Parser[] {
  const module = checker.getSymbolAtLocation(file)
  if (module === undefined) return []
  return checker.getExportsOfModule(module).flatMap((symbol): readonly Parser[] => {
    const isOwn =
      symbol.declarations?.some((each) => each.getSourceFile() === file && ts.canHaveModifiers(each)) ?? false
    const declared = symbol.valueDeclaration
    if (declared === undefined || (!isOwn && !ts.isVariableDeclaration(declared))) return []
    const ways = waysOf(checker.getTypeOfSymbol(symbol), checker, 2)
    return ways.map((way) => ({ file, name: symbol.name, way }))
  })
}

function waysOf(type: ts.Type, checker: ts.TypeChecker, depth: number): readonly Parser['way'][] {
  if (depth < 0) return []
  const [signature] = type.getCallSignatures()
  if (signature === undefined) return methodsOf(type, checker, depth)
  const types = parameterTypes(signature, checker)
  if (types.some((each) => carries(each, checker))) return [[types]]
  return waysOf(signature.getReturnType(), checker, depth - 1).map((way) => [types, ...way])
}

function methodsOf(type: ts.Type, checker: ts.TypeChecker, depth: number): readonly Parser['way'][] {
  if (isLibrary(type) || type.isUnion()) return []
  return type.getProperties().flatMap((property) => {
    const own = checker.getTypeOfSymbol(property)
    if (own.getCallSignatures().length === 0) return []
    return waysOf(own, checker, depth - 1).map((way) => [property.name, ...way])
  })
}
