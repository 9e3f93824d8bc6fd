// Masking by value: every form in which a secret may come up.
import { spawnSync } from 'node:child_process'
import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { maskJson, maskOf } from '../../../src/shell/mask.ts'
import { maskKnown } from '../../../src/shell/mask-known.ts'
import { quote } from '../../../src/shell/quote.ts'
import { Secret, STARS } from '../../../src/shell/secret.ts'
import { secretsIn } from '../../../src/shell/secrets-in.ts'
import { suite } from '../../suite.ts'

const test = suite('masking')

/** What is awkward to quote, to escape, or to find. */
const SECRETS = [
  'hunter2-hunter2',
  'it\'s "quoted" $HOME `x` \\n',
  'zwölf 日本 ß',
  'a+b/c=d&e?f%20',
  '[x](y){z}*.^|$',
  'tab\there and more',
]

for (const secret of SECRETS) {
  const bytes = Buffer.from(secret)
  const mask = maskOf([secret])
  const hidden = (what: string, text: string): void => {
    assert.not.ok(mask(`<${text}>`).includes(text), `${what}: ${text}`)
    assert.ok(mask(`<${text}>`).includes(STARS), what)
  }

  test(`${JSON.stringify(secret)} is hidden as it is, quoted, escaped, and encoded`, () => {
    hidden('as it is', secret)
    hidden('single-quoted', quote(secret))
    hidden('in the middle of a quoted text', quote(`before ${secret} after`).slice(8, -7))
    hidden('as JSON', JSON.stringify(secret).slice(1, -1))
    hidden('as JSON in JSON', JSON.stringify(JSON.stringify(secret)).slice(3, -3))
    hidden('in a URL', encodeURIComponent(secret))
    hidden('in a form', new URLSearchParams([['', secret]]).toString().slice(1))
    hidden('in hex', bytes.toString('hex'))
    hidden('in HEX', bytes.toString('hex').toUpperCase())
  })

  test(`${JSON.stringify(secret)} is hidden in a longer base64 text, wherever it begins there`, () => {
    for (const before of ['', 'u', 'us', 'use', 'user:']) {
      for (const after of ['', ' ', 'xy', '\n--']) {
        for (const encoding of ['base64', 'base64url'] as const) {
          const masked = mask(Buffer.from(before + secret + after).toString(encoding))
          assert.ok(masked.includes(STARS), `${encoding} of ${before}…${after}: ${masked}`)
          // At both ends a letter may be left that the neighbours share.
          assert.not.ok(Buffer.from(masked.replaceAll(STARS, ''), encoding).toString().includes(secret.slice(1, -1)))
        }
      }
    }
  })

  test(`${JSON.stringify(secret)} is hidden as bash writes it`, () => {
    const { stdout } = spawnSync('bash', ['-c', 'printf %q "$S"'], {
      env: { S: secret, LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
    })
    if (!stdout.startsWith("$'")) hidden('printf %q', stdout)
  })
}

test('each line of a longer secret is hidden by itself, whichever way lines end', () => {
  const mask = maskOf(['first line\r\nsecond line\nx\n'])
  assert.is(mask('got: second line.'), `got: ${STARS}.`)
  assert.is(mask('got: first line.'), `got: ${STARS}.`)
  assert.is(mask('x marks'), 'x marks')
})

test('a secret with a line feed after it is hidden without', () =>
  assert.is(maskOf(['pass1\n'])('is pass1!'), `is ${STARS}!`))

test('a secret of less than four characters is hidden as a word, and leaves other words readable', () => {
  const mask = maskOf(['a1', '7', 'c+'])
  assert.is(mask('password=a1, pin 7: create 17 a1b'), `password=${STARS}, pin ${STARS}: create 17 a1b`)
  assert.is(mask('x c+ y'), `x ${STARS} y`)
})

test('the longer of two secrets is hidden first', () =>
  assert.is(maskOf(['secret', 'secret-and-more'])('secret-and-more secret'), `${STARS} ${STARS}`))

test('no secret changes nothing', () => assert.is(maskOf([''])('text'), 'text'))

test('in JSON values texts, numbers and keys are hidden', () => {
  assert.equal(
    maskJson(maskOf(['4711471', 'hunter2']), { pin: 4711471, port: 25, list: ['x hunter2'], hunter2: null }),
    { pin: STARS, port: 25, list: [`x ${STARS}`], [STARS]: null },
  )
})

test('secrets are found in maps, sets, lists, bytes and in each other', () => {
  const found = secretsIn([
    new Map([['a', { b: new Secret('one') }]]),
    new Set([new Secret({ c: ['two', 3] })]),
    new Secret(new Secret('four')),
    new Secret(Buffer.from('five')),
  ])
  assert.equal([...found].sort(), ['3', 'five', 'four', 'one', 'two'])
})

test('a secret is known from the moment that it is made, and shows itself nowhere', () => {
  const secret = new Secret('known-from-now-on')
  assert.is(maskKnown('x known-from-now-on'), `x ${STARS}`)
  assert.not.match(
    `${String(secret)} ${JSON.stringify({ secret })} ${inspect({ secret }, { depth: 9, showHidden: true })}`,
    'known-from',
  )
})

test.run()
