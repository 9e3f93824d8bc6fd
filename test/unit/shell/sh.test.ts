// Values in shell text: any word arrives as it is, in dash; secrets are shown as stars.
import { spawnSync } from 'node:child_process'
import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { quote } from '../../../src/shell/quote.ts'
import { Secret } from '../../../src/shell/secret.ts'
import { sh } from '../../../src/shell/sh.ts'
import { suite } from '../../suite.ts'

const test = suite('sh')
const PIECES = [
  "'",
  '"',
  '`',
  '$',
  '$(id)',
  '\\',
  '\n',
  ' ',
  '\t',
  '-n',
  '--',
  '*',
  '?',
  '[a]',
  '~',
  '!',
  '#',
  ';',
  '&',
  '|',
  '<',
  '>',
  '(',
  ')',
  '{',
  '}',
  '%s',
  'ä',
  '日',
  '😀',
  '\u001b',
  '\r',
  '=',
  'a',
  '/',
]

/** A small generator, so that a failure can be had again. */
function* words(seed: number, count: number): Generator<string> {
  let state = seed
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  for (let index = 0; index < count; index += 1)
    yield Array.from({ length: next(9) }, () => PIECES[next(PIECES.length)]!).join('')
}

test('a thousand words of all that shells mind arrive as they are', () => {
  const sent = [...words(7, 1000)]
  const { stdout, status } = spawnSync('sh', ['-s'], {
    input: `printf '%s\\0' ${sent.map(quote).join(' ')}\n`,
    encoding: 'utf8',
  })
  assert.is(status, 0)
  assert.equal(stdout.split('\0').slice(0, -1), sent)
})

test('a NUL can be in no word, and is refused', () => {
  assert.throws(() => quote('a\0b'), /cannot hold a NUL/)
})

test('lists become words, scripts are spliced in, backslashes stand for themselves', () => {
  assert.is(sh`a ${['b c', 1]} ${sh`d ${"e'f"}`} \n`.text, "a 'b c' 1 d 'e'\\''f' \\n")
})

test('a secret runs as itself and is shown as stars', () => {
  const secret = new Secret("pass'word")
  const script = sh`login ${secret} ${['x', secret]}`
  assert.is(script.text, "login 'pass'\\''word' x 'pass'\\''word'")
  assert.is(script.shown, "login '********' x '********'")
  assert.equal(script.secrets, ["pass'word"])
  // A linter refuses it in a template; those who write playbooks may have none.
  const spelt = `${secret as unknown as string}`
  for (const shown of [String(secret), spelt, JSON.stringify({ secret }), inspect({ secret }), inspect(secret)])
    assert.not.match(shown, 'pass')
})

test.run()
