// Law: whatever strangers say, in whatever string of whatever is printed, in every format: no control, bidi or unseen
// character, no line of its own, no tag, no link, no command to a CI system gets out.
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import type { Language } from '../../../src/report/registry.ts'
import { COLOUR, SAMPLES, type Sample } from './samples.ts'

const test = suite('report/strangers')

type Path = readonly (string | number)[]

/** Where strings are: in members, elements, values and keys of maps. A key has the path of its entry, and `key`. */
function stringsIn(value: unknown, at: Path = []): readonly { readonly at: Path; readonly text: string }[] {
  if (typeof value === 'string') return [{ at, text: value }]
  if (typeof value !== 'object' || value === null || value instanceof Date) return []
  if (value instanceof Map)
    return [...(value as ReadonlyMap<unknown, unknown>)].flatMap((entry, index) => stringsIn(entry, [...at, index]))
  return Object.entries(value).flatMap(([key, member]) => stringsIn(member, [...at, key]))
}

/** The value with another text at each of these paths. */
function replaced(value: unknown, paths: readonly Path[], text: string): unknown {
  if (paths.length === 0) return value
  if (typeof value === 'string') return text
  const below = (key: string | number, member: unknown): unknown =>
    replaced(
      member,
      paths.filter(([first]) => String(first) === String(key)).map((path) => path.slice(1)),
      text,
    )
  if (value instanceof Map)
    return new Map(
      [...(value as ReadonlyMap<unknown, unknown>)].map((entry, index) => below(index, entry) as [unknown, unknown]),
    )
  if (Array.isArray(value)) return value.map((member, index) => below(index, member))
  return Object.fromEntries(Object.entries(value as object).map(([key, member]) => [key, below(key, member)]))
}

const C0 = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('')
const C1 = Array.from({ length: 33 }, (_, code) => String.fromCharCode(127 + code)).join('')
const UNSEEN =
  '\u061c\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff' +
  '\u180e\u3164\ud800\udfff\u{e0001}\u{e0041}'
const LINES = ['\n', '\r', '\r\n', '\u0085', '\u000b', '\u000c', '\u2028', '\u2029']
  .flatMap((feed) => [`${feed}FAKED served`, `${feed}::error::FAKED`, `${feed} ::add-mask::FAKED`])
  .join('')
const HOSTILE = [
  'a.b',
  '\u001b]52;c;ZXZpbA==\u0007\u001b[2J\u001b[31m\u009b31m\u001bP+q\u001b\\',
  C0,
  C1,
  UNSEEN,
  LINES,
  '##[error]x ##vso[task.setvariable]x ##teamcity[x] %0A',
  `</style></script><script>x</script><a href="https://evil.example">x</a>" onload="x" ' ]]> --> <!-- &lt; &#10;`,
  '[x](https://evil.example) ![x](//evil.example) <https://evil.example> www.evil.example | ``` `x` @evil **x** [1]: x',
].join(' ')

const WRONG = /(?!\n|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
const FAKED_LINE = /^FAKED/m
const COMMAND = /^\s*::[a-z-]+::|##(?:vso|teamcity)?\[/im

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length
const lineCount = (text: string): number => count(text, /\n/g)
/** Elements and attributes, without the values of these; names may be parted anywhere. */
const skeleton = (text: string): string =>
  [...text.matchAll(/<[^>]*>/g)]
    .map(([tag]) => tag.replace(/="[^"]*"/g, ''))
    .filter((tag) => tag !== '<wbr>')
    .join('')
/** Outside of code and behind no backslash. */
const bare = (markdown: string): string =>
  markdown.replace(/\\[\\`*_{}[\]<>()#+!|~&:.]|(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '')

/** What is wrong with it, beside the same with a text of no harm. */
const CHECKS: Readonly<Record<Language, (text: string, plain: string) => void>> = {
  terminal: () => {},
  document: () => {},
  json: (text, plain) => {
    JSON.parse(text)
    assert.is(lineCount(text), lineCount(plain), 'lines')
  },
  ndjson: (text, plain) => {
    for (const line of text.trimEnd().split('\n')) JSON.parse(line)
    assert.is(lineCount(text), lineCount(plain), 'lines')
  },
  html: (text, plain) => {
    assert.is(skeleton(text), skeleton(plain))
    assert.is(lineCount(text), lineCount(plain), 'lines')
  },
  xml: (text, plain) => assert.is(skeleton(text), skeleton(plain)),
  markdown: (text, plain) => {
    assert.is(lineCount(text), lineCount(plain), 'lines')
    for (const mark of [/\|/g, /[<>[\]]/g, /:\/\//g, /www\./g, /(?<!\w)@\w/g, /\*/g, /`/g])
      assert.is(count(bare(text), mark), count(bare(plain), mark), String(mark))
  },
}

function check({ language }: Sample, text: string, plain: string): void {
  const colourless = language === 'terminal' ? text.replace(COLOUR, '') : text
  const wrong = WRONG.exec(colourless)
  if (wrong !== null) {
    const around = JSON.stringify(colourless.slice(Math.max(0, wrong.index - 60), wrong.index + 20))
    assert.unreachable(`U+${wrong[0].codePointAt(0)!.toString(16)} in ${around}`)
  }
  if (language !== 'document') assert.not.match(colourless, FAKED_LINE)
  assert.not.match(colourless, COMMAND)
  CHECKS[language](colourless, plain)
}

/** `undefined` where a word of a closed set, such as a status, is another: no such value comes that far. */
function rendered({ value, render }: Sample, paths: readonly Path[], text: string): string | undefined {
  try {
    return render(replaced(value, paths, text) as never)
  } catch {
    return undefined
  }
}

for (const sample of SAMPLES) {
  test(`${sample.name}: strangers' text stays text`, () => {
    const open: Path[] = []
    for (const [word, paths] of alike(sample.value)) {
      const [text, plain] = [rendered(sample, paths, HOSTILE), rendered(sample, paths, 'x.y')]
      if (text === undefined || plain === undefined || plain === '') {
        const isRefused = sample.language === 'document' || word === 'all' || isClosed(paths)
        assert.ok(isRefused, `${word} at ${JSON.stringify(paths[0])} cannot be what a stranger says`)
        continue
      }
      check(sample, text, plain)
      if (!isClosed(paths)) open.push(...paths)
    }
    assert.ok(open.length > 0)
    check(sample, rendered(sample, open, HOSTILE)!, rendered(sample, open, 'x.y')!)
  })
}

/** The same text in several places names the same thing, and is another in all of them. */
function alike(value: unknown): ReadonlyMap<string, readonly Path[]> {
  const found = new Map<string, Path[]>()
  for (const { at, text } of stringsIn(value)) found.set(text, [...(found.get(text) ?? []), at])
  return found
}

/** Members whose words are of a closed set; the group that every inventory has. */
const CLOSED = ['kind', 'status', 'id', 'severity', 'check', 'type', 'purpose', 'date']
const isClosed = (paths: readonly Path[]): boolean => paths.some((path) => CLOSED.includes(String(path.at(-1))))

test('overlong text is cut, and says so', () => {
  const long = `${'x'.repeat(1 << 20)}\n`.repeat(2)
  for (const sample of SAMPLES.filter(({ language }) => language === 'terminal' || language === 'html')) {
    const paths = [...alike(sample.value).values()].find((each) => !isClosed(each))!
    const text = rendered(sample, paths, long)
    assert.ok(text === undefined || text.length < 1 << 20, sample.name)
  }
})

test.run()
