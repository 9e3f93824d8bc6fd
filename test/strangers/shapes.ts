// Hostile texts of any length for one module: runs of single characters, of pairs, of the module's own words, and of
// what its regular expressions nearly match.
import ts from 'typescript-api'
import { pumpsOf } from './pumps.ts'

export interface Shape {
  readonly name: string
  /** A text of about this many bytes. */
  make(bytes: number): string
}

const repeated = (before: string, again: string, after = ''): Shape => ({
  name: `${JSON.stringify(before)} ${JSON.stringify(again)}… ${JSON.stringify(after)}`,
  make: (bytes) => before + again.repeat(Math.max(1, Math.floor(bytes / again.length))) + after,
})

/** Lines that are all different. */
const lines = (word: string): Shape => linesOf(word, (number) => `${word} ${number} 6d${number} 6e`)
/** The same, of one group. */
const grouped = (word: string): Shape => linesOf(`${word} 6d`, (number) => `${word} 6d ${number}`)

const linesOf = (name: string, line: (number: string) => string): Shape => ({
  name: `lines ${JSON.stringify(name)} …`,
  make(bytes) {
    const made: string[] = []
    for (let length = 0; length < bytes; length += made.at(-1)!.length + 1)
      made.push(line((made.length + 4096).toString(16)))
    return `${made.join('\n')}\n`
  },
})

const RUNS = [
  ' ',
  '\t',
  '\n',
  '\r',
  '"',
  "'",
  '(',
  ')',
  '[',
  '{',
  '<',
  '\\',
  ':',
  ';',
  ',',
  '-',
  '=',
  '@',
  '.',
  '/',
  '%',
]
const MORE = [
  '*',
  '|',
  '$',
  '#',
  '+',
  '0',
  'a',
  'A',
  '\0',
  '\xe9',
  '\xf0\x9f\x98\x80',
  'a ',
  ' a',
  '" ',
  '"a',
  '()',
  '[]',
]
const PAIRS = [
  'a.',
  'a=',
  'a:',
  'a@',
  '\r\n',
  ' \n',
  '\n ',
  'a\n',
  '\\"',
  'a,',
  '/a',
  '<a',
  '1 ',
  '-a',
  ';a=',
  '\0a\0',
  '=?',
]

export const COMMON: readonly Shape[] = [
  ...[...RUNS, ...MORE, ...PAIRS].map((again) => repeated('', again)),
  lines('a'),
  lines('*@a'),
]

/** For what takes long to make of a text. */
export const FEW: readonly Shape[] = [
  ...[' ', 'a ', '{ ', 'a\n'].map((again) => repeated('', again)),
  lines('*@a'),
  grouped('a'),
]

/** @param file - whose words and regular expressions are taken. */
export function shapesOf(file: ts.SourceFile): readonly Shape[] {
  const words = new Set<string>()
  const patterns = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) patterns.add(node.text.slice(1, node.text.lastIndexOf('/')))
    const isText = ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)
    if (isText && !ts.isImportDeclaration(node.parent)) words.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(file)
  const short = [...words].filter((word) => word !== '' && word.length <= 24).slice(0, 64)
  const pumps = [...patterns].flatMap((pattern) => pumpsOf(pattern)).filter(({ again }) => again !== '')
  return [
    ...COMMON,
    ...short.flatMap((word) => [repeated('', word), repeated('', `${word} `), lines(word), grouped(word)]),
    ...pumps.flatMap(({ before, again }) => [repeated(before, again, '\0'), repeated('', before + again)]),
  ]
}

/** With which an answer may have to end to be read at all. */
export function endsIn(file: ts.SourceFile): readonly string[] {
  const { text } = file
  return ['', ...(/whole\.ts'/.test(text) ? ['\0end'] : []), ...(/'end\\n'|end\\n\$/.test(text) ? ['\nend\n'] : [])]
}
