// Makes values of a type: their marked texts hostile, all else plain.
import ts from 'typescript-api'
import { isLibrary, isMarked, carries } from './marked.ts'

/**
 * @param text - what marked text is.
 * @param wide - many small marked texts in the place of a large one, where there may be many: its lines.
 */
export type Maker = (text: string, wide: boolean) => unknown

/** Where no value can be thought of. */
export class CannotMake extends Error {}

const PLAIN: Readonly<Record<string, string>> = {
  mark: 'mailrun-0123456789abcdef01234567',
  begin: 'mailrun-begin-0123',
  domain: 'example.org',
  name: 'example.org',
  path: '/etc/dkimkeys/mx1.private',
  address: '192.0.2.1',
}

const makers = new Map<ts.Type, Map<string, Maker>>()

/** Types are looked at once, for a value is made many times. @param name - of the parameter or property. */
export function makerOf(type: ts.Type, checker: ts.TypeChecker, name = '', depth = 12): Maker {
  const known = makers.get(type) ?? new Map<string, Maker>()
  makers.set(type, known)
  const key = `${name} ${depth}`
  const maker = known.get(key) ?? newMaker(type, checker, name, depth)
  known.set(key, maker)
  return maker
}

const { TypeFlags } = ts
const NOTHING = TypeFlags.Undefined | TypeFlags.Void | TypeFlags.Null | TypeFlags.Never
const ANYTHING = TypeFlags.Unknown | TypeFlags.Any | TypeFlags.TypeParameter

function newMaker(type: ts.Type, checker: ts.TypeChecker, name: string, depth: number): Maker {
  if (isMarked(type)) return markedMaker(type, checker)
  if (type.isUnion()) return unionMaker(type, checker, name, depth)
  const { flags } = type
  const plain =
    (value: unknown): Maker =>
    () =>
      value
  if (type.isStringLiteral() || type.isNumberLiteral()) return plain(type.value)
  if (flags & TypeFlags.BooleanLiteral) return plain(checker.typeToString(type) === 'true')
  if (flags & TypeFlags.StringLike || isBrandedString(type)) return plain(PLAIN[name] ?? 'word')
  if (flags & TypeFlags.NumberLike) return plain(name === 'code' ? 0 : 1)
  if (flags & TypeFlags.BigIntLike) return plain(1n)
  if (flags & (NOTHING | ANYTHING)) return plain(undefined)
  if (depth === 0) return cannot(type, checker)
  return objectMaker(type, checker, depth)
}

/** Text that a checked constructor made. */
const isBrandedString = (type: ts.Type): boolean =>
  type.isIntersection() && type.types.some(({ flags }) => flags & TypeFlags.StringLike)

const cannot = (type: ts.Type, checker: ts.TypeChecker): Maker => {
  const what = checker.typeToString(type)
  return () => {
    throw new CannotMake(`a value of ${what}`)
  }
}

function markedMaker(type: ts.Type, checker: ts.TypeChecker): Maker {
  const isBytes = /Buffer|Uint8Array/.test(checker.typeToString(type, undefined, ts.TypeFormatFlags.InTypeAlias))
  return isBytes ? (text) => Buffer.from(text, 'latin1') : (text) => text
}

function unionMaker(type: ts.UnionType, checker: ts.TypeChecker, name: string, depth: number): Maker {
  const carrying = type.types.find((each) => carries(each, checker))
  const isOptional = type.types.some(({ flags }) => flags & TypeFlags.Undefined)
  if (carrying === undefined && isOptional) return () => undefined
  return makerOf(carrying ?? type.types[0]!, checker, name, depth)
}

const DEEP = 8

/** As many as a text has lines, but for a text of hardly anything else. */
const MOST = 4000

function manyMaker(
  type: ts.Type,
  checker: ts.TypeChecker,
  depth: number,
): (text: string, wide: boolean) => readonly unknown[] {
  const mayBeMany = carries(type, checker)
  // A thing that holds a list of its like has an end.
  if (!mayBeMany && depth <= DEEP) return () => []
  const one = makerOf(type, checker, '', depth - 1)
  return (text, wide) =>
    mayBeMany && wide
      ? text
          .split('\n')
          .slice(0, MOST)
          .map((line) => one(line, false))
      : [one(text, wide)]
}

function objectMaker(type: ts.Type, checker: ts.TypeChecker, depth: number): Maker {
  const [signature] = type.getCallSignatures()
  if (signature !== undefined) {
    const result = makerOf(signature.getReturnType(), checker, '', depth - 1)
    return (text) => () => result(text, false)
  }
  if (checker.isTupleType(type)) {
    const parts = checker
      .getTypeArguments(type as ts.TypeReference)
      .map((part) => makerOf(part, checker, '', depth - 1))
    return (text, wide) => parts.map((part) => part(text, wide))
  }
  return isLibrary(type) ? libraryMaker(type, checker, depth) : recordMaker(type, checker, depth)
}

function recordMaker(type: ts.Type, checker: ts.TypeChecker, depth: number): Maker {
  const index = type.getStringIndexType()
  const indexed = index === undefined ? undefined : manyMaker(index, checker, depth)
  const properties = type.getProperties().flatMap((property): readonly (readonly [string, Maker])[] => {
    const own = checker.getTypeOfSymbol(property)
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0
    if (isOptional && !carries(own, checker)) return []
    const given = isOptional ? checker.getNonNullableType(own) : own
    // A thing that may hold another of its kind has an end.
    if (isOptional && given === type && depth <= DEEP) return []
    return [[property.name, makerOf(given, checker, property.name, depth - 1)]]
  })
  return (text, wide) => ({
    ...(indexed === undefined
      ? {}
      : Object.fromEntries(indexed(text, wide).map((each, place) => [`word${place}`, each]))),
    ...Object.fromEntries(properties.map(([name, maker]) => [name, maker(text, wide)])),
  })
}

function libraryMaker(type: ts.Type, checker: ts.TypeChecker, depth: number): Maker {
  const [first, second] = checker.getTypeArguments(type as ts.TypeReference)
  switch (type.symbol.name) {
    case 'Array':
    case 'ReadonlyArray':
    case 'Iterable':
    case 'IterableIterator':
      return manyMaker(first!, checker, depth)
    case 'Set':
    case 'ReadonlySet': {
      const many = manyMaker(first!, checker, depth)
      return (text, wide) => new Set(many(text, wide))
    }
    case 'Map':
    case 'ReadonlyMap': {
      const many = manyMaker(second!, checker, depth)
      const key = makerOf(first!, checker, '', depth - 1)
      const hasWords = isMarked(first!)
      return (text, wide) =>
        new Map(many(text, wide).map((value, place) => [hasWords ? `word${place}` : key(text, wide), value]))
    }
    case 'Buffer':
    case 'Uint8Array':
      return () => Buffer.from('word')
    case 'AbortSignal':
      return () => new AbortController().signal
    case 'RegExp':
      return () => /word/
    case 'Date':
      return () => new Date(0)
    case 'Generator': {
      const many = manyMaker(first!, checker, depth)
      return (text, wide) => many(text, wide).values()
    }
    case 'TextDecoder':
      return () => new TextDecoder()
    case 'Promise': {
      const value = makerOf(first!, checker, '', depth - 1)
      return (text, wide) => Promise.resolve(value(text, wide))
    }
    default:
      return cannot(type, checker)
  }
}
