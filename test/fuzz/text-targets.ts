// Small languages: Python's literals, words of a shell, domains, selectors, lists of milters, values of main.cf.
import { createHash, createPublicKey, type JsonWebKey } from 'node:crypto'
import * as assert from 'uvu/assert'
import { mergedList } from '../../src/resources/postfix/settings/merged-list.ts'
import { headOf, listItems } from '../../src/resources/milters/milter-list.ts'
import { DOMAIN_PATTERN, isSelector, mailDomain, SELECTOR_PATTERN } from '../../src/mail/names/names.ts'
import { unusable } from '../../src/signers/opendkim/keys/unusable.ts'
import { oneLine, postfixParameters } from '../../src/resources/postfix/postfix-parameters.ts'
import { sshArguments } from '../../src/ssh/config/ssh-words.ts'
import { pythonLiteral } from '../../src/text/python-literal.ts'
import { shellWords } from '../../src/text/shell-words.ts'
import { pythonOf, value } from './inventory-model.ts'
import { mutated, text } from './mutate.ts'
import type { Random } from './random.ts'
import { known, target, type Target } from './target.ts'

/** As a shell would be given it. */
function quoted(random: Random, word: string): string {
  switch (random.below(3)) {
    case 0:
      return `'${word.replaceAll("'", `'"'"'`)}'`
    case 1:
      return `"${word.replace(/["\\]/g, '\\$&')}"`
    default:
      return word === ''
        ? "''"
        : [...word].map((char) => (/[A-Za-z0-9]/.test(char) ? char : char === '\n' ? "'\n'" : `\\${char}`)).join('')
  }
}

/** SubjectPublicKeyInfo, base64; the same in each run. No private key belongs to it. */
function rsa(bits: number): string {
  const modulus = createHash('shake256', { outputLength: bits / 8 })
    .update(`modulus ${bits}`)
    .digest()
  modulus[0]! |= 0x80
  modulus[modulus.length - 1]! |= 1
  return published({ kty: 'RSA', e: 'AQAB', n: modulus.toString('base64url') })
}

const published = (key: JsonWebKey): string =>
  createPublicKey({ key, format: 'jwk' }).export({ format: 'der', type: 'spki' }).toString('base64')

const [KEY, SHORT] = [rsa(2048), rsa(512)]
const OTHER = published({
  kty: 'OKP',
  crv: 'Ed25519',
  x: createHash('sha256').update('ed25519').digest().toString('base64url'),
})

const ITEMS = [
  'inet:127.0.0.1:8891',
  'inet:localhost:8891',
  'unix:/run/x.sock',
  '{ unix:/run/x.sock, default_action=accept }',
  '{inet:127.0.0.1:8891}',
  '$smtpd_milters',
  '${smtpd_milters}',
  '$(other)',
  '$gone',
  '{',
  '}',
  '{ }',
  '${',
  'unix:opendkim/opendkim.sock',
]

export const TEXT_TARGETS: readonly Target[] = [
  target({
    name: "Python's literals: as they were meant",
    make: (random) => {
      const meant = value(random, 0)
      return { meant, written: pythonOf(random, meant) }
    },
    check: ({ meant, written }) =>
      assert.is(JSON.stringify(pythonLiteral(written)), JSON.stringify({ literal: true, value: meant })),
  }),
  target({
    name: "Python's literals: spoilt",
    make: (random) =>
      random.oneIn(50)
        ? random.pick(['[', '(', '{1:', '-', "'", '"""', '[[],']).repeat(10 ** random.below(5))
        : mutated(random, pythonOf(random, value(random, 0)), [
            '[',
            ']',
            '(',
            ')',
            '{',
            '}',
            ',',
            ':',
            "'",
            '"',
            "'''",
            '\\x',
            '\\N{',
            'r"',
            'b"',
            'None',
            'True',
            '1_0',
            '0x',
            '1e',
            '-',
            'lambda:',
            '#',
          ]),
    check(source) {
      const read = pythonLiteral(source)
      if (!read.literal) assert.is(read.value, source)
      else assert.is(JSON.stringify(pythonLiteral(` \t${source}`)), JSON.stringify(read), 'with blanks before it')
    },
  }),
  target({
    name: 'words of a shell: as they were meant',
    make: (random) => {
      const words = random.list(5, () => text(random, 6))
      return {
        words,
        line: words.map((word) => quoted(random, word)).join(random.pick([' ', '  ', '\t', '\n'])),
        comment: random.oneIn(3),
      }
    },
    check({ words, line, comment }) {
      assert.equal(shellWords(comment ? `${line} # 'no word` : line, { comments: true }), words)
    },
  }),
  target({
    name: 'words of a shell, arguments of ssh: spoilt',
    make: (random) =>
      mutated(random, '-o UserKnownHostsFile=/a -oPort=22 -o "User ops" -p2222 -J b1,b2 -4C -i \'/keys/of ops\' # x', [
        '-o',
        '-o ',
        ' ',
        '=',
        "'",
        '"',
        '\\',
        '-',
        '--',
        '-F',
        '-p',
        '#',
        '\n',
        '-oX',
        '-4',
        'host',
        '-L1',
      ]),
    async check(line) {
      await known(['Error'], () => shellWords(line, { comments: true }))
      await known(['MailrunError', 'Error'], () => sshArguments(shellWords(line, { comments: false }), 'f:1'))
    },
  }),
  target({
    name: 'domains and selectors',
    make: (random) =>
      mutated(
        random,
        random.pick([
          'example.org',
          'xn--bcher-kva.example',
          'bücher.example',
          'a.b',
          'mx1',
          '2026',
          'a-b.c',
          `${'a'.repeat(63)}.org`,
          'ａ.example',
          '中国.cn',
        ]),
        ['.', '-', 'xn--', 'A', '。', '_', ' ', 'a'.repeat(60), '.org', '\u00ad', 'ß', '0x1', '1.2.3.4', '[::1]'],
      ),
    check(word) {
      const domain = mailDomain(word)
      if (domain !== undefined) {
        assert.is(mailDomain(domain), domain, 'once more')
        assert.match(domain, /^[a-z0-9.-]{3,253}$/)
        assert.ok(new RegExp(DOMAIN_PATTERN, 'u').test(word), 'the pattern for editors refuses it')
      }
      assert.is(new RegExp(SELECTOR_PATTERN, 'u').test(word), isSelector(word), 'the pattern for editors')
    },
  }),
  target({
    name: 'lists of milters',
    make: (random) => ({
      is: mutated(random, random.list(4, () => random.pick(ITEMS)).join(random.pick([', ', ' ', ',', '\n  '])), [
        ...ITEMS,
        ',',
        ' ',
      ]),
      wanted: random.pick(['inet:127.0.0.1:8891', 'unix:opendkim/opendkim.sock']),
      values: random.pick(['', '$smtpd_milters', 'inet:127.0.0.1:8891', '$other']),
    }),
    check({ is, wanted, values }) {
      const superseded = /^inet:localhost:8891$/
      const merge = (list: string): string =>
        mergedList({
          is: list,
          wanted,
          superseded,
          main: new Map([
            ['smtpd_milters', values],
            ['other', values],
          ]),
        })
      const merged = merge(is)
      assert.is(merge(merged), merged, 'once more')
      for (const item of listItems(is))
        if (!superseded.test(headOf(item))) assert.ok(listItems(merged).includes(item), `${item} is lost`)
      if (values === '' && merged !== is)
        assert.ok(
          listItems(merged).some((item) => headOf(item) === wanted),
          'what is wanted is missing',
        )
    },
  }),
  target({
    name: 'public keys: spoilt',
    make: (random) => ({
      key: mutated(random, random.pick([KEY, SHORT, OTHER]), ['=', '==', '-', '\n', 'AAAA', 'MIIB', KEY.slice(0, 40)]),
    }),
    check({ key }) {
      if (unusable(key) !== undefined) return
      const read = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' })
      assert.is(read.asymmetricKeyType, 'rsa')
    },
  }),
  target({
    name: 'values of main.cf',
    make: (random) =>
      random.list(6, (index) => ({
        name: `p${index}_${random.pick(['a', 'b', '4'])}`,
        value: text(random, 10).replace(/[\0\n\r\u0085\u2028\ud800]/g, ' '),
      })),
    check(given) {
      const line = ({ name, value: each }: (typeof given)[number]): string =>
        `${name} =${each === '' ? '' : ` ${each}`}\n`
      const stdout = Buffer.from(`${given.map(line).join('')}\0\0end`).toString('latin1')
      const { values } = postfixParameters(undefined).parse({ code: 0, stdout, stderr: '' })
      assert.equal(
        [...values],
        given.map(({ name, value: each }) => [name, oneLine(each)]),
      )
      for (const { value: each } of given) assert.is(oneLine(oneLine(each)), oneLine(each))
    },
  }),
]
