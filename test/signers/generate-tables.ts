// Makes KeyTables and SigningTables of OpenDKIM by chance.
import type { Random } from '../fuzz/random.ts'
import { DOMAINS, INLINE, PLACE } from './names.ts'

/** A data set: the value that names it, and the file where it is one. */
export interface SetText {
  readonly value: string
  readonly file?: { readonly path: string; readonly text: string }
}

const NAMES = ['k1', 'k2', 'K1', 'example.org', 'example.net', 'mail.example.org', '%']

const lineEnd = (random: Random): string => random.pick(['', '', '', '', ' ', '\r', ' # why', '#why', '\t#'])

/** A file of lines, or a list; `=` joins its parts where lines have white space. */
function setOf(
  random: Random,
  forms: readonly string[],
  path: string,
  entries: readonly (readonly [key: string, value: string | undefined])[],
): SetText {
  const form = random.pick(forms)
  if (form.startsWith('csl')) {
    const parts = entries.slice(0, 3).map(([key, value]) => (value === undefined ? key : `${key}=${value}`))
    return { value: `${form === 'csl' ? '' : form}${parts.join(random.pick([',', ', ']))}` }
  }
  const text = entries
    .map(([key, value]) => {
      const before = random.oneIn(10) ? random.pick([' ', '\t']) : ''
      const gap = random.pick([' ', '\t', '   ', ' \t '])
      const extra = random.oneIn(12) ? `${random.pick(['# comment', '', '   ', `#${'x '.repeat(800)}`])}\n` : ''
      return `${extra}${before}${key}${value === undefined ? '' : gap + value}${lineEnd(random)}\n`
    })
    .join('')
  const whole = random.oneIn(10) ? text.replaceAll('\n', '\r\n') : text
  return {
    value: `${form === '/' ? '' : form}${path}`,
    file: { path, text: random.oneIn(12) ? whole.trimEnd() : whole },
  }
}

const KEY_FILES = [`${PLACE}/keys/mail.private`, `${PLACE}/keys/%/mail.private`, `${PLACE}/keys/%.%.private`]

function keyValue(random: Random, paths: Set<string>): string | undefined {
  const domain = random.pick([...DOMAINS, '%', 'Example.ORG', 'example.org', 'example.net'])
  const selector = random.pick(['mail', 's2024', 'S.x'])
  const path = random.pick(KEY_FILES)
  if (random.oneIn(25))
    return random.pick([
      undefined,
      `${domain}:${selector}`,
      `${domain}:${selector}:`,
      `:${selector}:${path}`,
      `${domain}::${path}`,
      `${domain}:${selector}:no/path`,
      `${domain}:${selector}:${INLINE}`,
    ])
  const more = random.oneIn(25) ? random.pick([':more', ' more words']) : ''
  for (const each of [
    domain,
    'exämple.test',
    ...DOMAINS,
    'stranger.test',
    'b.a.mail.example.org',
    'anexample.org',
    'xmail.example.net',
  ])
    paths.add(`${path}${more}`.replaceAll('%', each))
  return `${domain}:${selector}:${path}${more}`
}

export function keyTable(
  random: Random,
  path: string,
): SetText & { readonly names: readonly string[]; readonly paths: readonly string[] } {
  const paths = new Set<string>()
  const names = ['k1', ...random.list(5, () => random.pick(NAMES))]
  const entries = names.map((name) => [name, keyValue(random, paths)] as const)
  const set = setOf(random, ['file:', 'file:', '/', 'csl:', 'refile:', 'File:'], path, entries)
  return { ...set, names, paths: [...paths] }
}

const CATCH_ALL = ['exämple.test', '*', '*@*', 'info@*', '*@*.org', '*org']

function signingKey(random: Random): string {
  const domain = random.pick([...DOMAINS, 'EXAMPLE.ORG'])
  const user = random.pick(['info', 'a', 'INFO', 'tag+a', 'jörg'])
  const key = random.pick([
    `*@${domain}`,
    `*@${domain}`,
    domain,
    `.${domain}`,
    `${user}@${domain}`,
    `${user}@.${domain}`,
    `*${domain}`,
    `*.${domain}`,
    `*@*.${domain}`,
    `i*@${domain}`,
    ...CATCH_ALL,
  ])
  if (random.oneIn(120)) return random.pick(['i?@example.org', '(a|info)@example.org', `${'x.'.repeat(400)}@org`])
  return key
}

function signingValue(random: Random, names: readonly string[]): string | undefined {
  const name = random.oneIn(12) ? random.pick([...NAMES, 'none']) : random.pick([...names, ...names, '%'])
  if (random.oneIn(30)) return random.pick([undefined, `${name} more`, ':info@example.org', `${name}:`])
  if (!random.oneIn(3)) return name
  const signer = random.pick([
    'info@example.org',
    '@%',
    '%',
    'x@%',
    '@Example.org',
    'nobody',
    'a@sub.%',
    'a@b@%',
    'a:b@%',
  ])
  return `${name}:${signer}`
}

export function signingTable(random: Random, path: string, names: readonly string[]): SetText {
  const entries = [0, ...random.list(6, () => 0)].map(() => [signingKey(random), signingValue(random, names)] as const)
  return setOf(random, ['refile:', 'refile:', 'refile:', 'file:', 'file:', '/', 'csl:', 'csl'], path, entries)
}
