// Values of INI inventories as ast.literal_eval of Python has them; each was asked of Python.
import * as assert from 'uvu/assert'
import { pythonLiteral } from '../../../src/text/python-literal.ts'
import { shellWords } from '../../../src/text/shell-words.ts'
import { suite } from '../../suite.ts'

const test = suite('literals')

test('a float may begin with zeros, a whole number may not', () => {
  for (const [text, value] of [
    ['02.125', 2.125],
    ['00.5', 0.5],
    ['02e1', 20],
    ['0_2.5', 2.5],
    ['00', 0],
    ['1_000', 1000],
    ['0x1f', 31],
  ] as const)
    assert.equal(pythonLiteral(text), { literal: true, value }, text)
  for (const text of ['02', '0_2', '1__0', '1_', '1_.5', '1._5', '1_e5'])
    assert.equal(pythonLiteral(text), { literal: false, value: text }, text)
})

test('a text with half an escape or a NUL is none', () => {
  for (const text of ["'\\x1'", "'\\u12'", "'\\U0001f60'", "'\\N{x'", "'a\0b'"])
    assert.equal(pythonLiteral(text), { literal: false, value: text }, text)
  assert.equal(pythonLiteral("r'\\x1'"), { literal: true, value: '\\x1' })
})

test('a comment ends with its line', () =>
  assert.equal(shellWords('a # b\nc#d\n\te', { comments: true }), ['a', 'c', 'e']))

test.run()
