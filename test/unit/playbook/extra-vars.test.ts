// --extra-vars: what looks like YAML of its own stays a text where it is none.
import * as assert from 'uvu/assert'
import { readExtraVars } from '../../../src/playbook/extra-vars.ts'
import { keyringFor } from '../../../src/commands/fleet/keyring-for.ts'
import { suite } from '../../suite.ts'

const test = suite('extra vars')
const read = (text: string) => readExtraVars([text], keyringFor({}))

test('a value that is an alias or a merge of nothing is a text, and nothing else', async () => {
  for (const value of ['*x', '<<:', '*', '%'])
    assert.equal([...(await read(`a=${value}`))], [['a', { value, where: '--extra-vars', reread: value }]], value)
})

test('a value that YAML reads otherwise has both readings', async () => {
  assert.equal(
    [...(await read('a=5 b=[1, c=x'))].map(([key, { value, reread }]) => [key, value, reread]),
    [
      ['a', '5', 5],
      ['b', '[1,', '[1,'],
      ['c', 'x', 'x'],
    ],
  )
})

test('a mapping with an alias of nothing is refused', async () => {
  await read('{a: *x}').then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /--extra-vars:1: .*Unresolved alias/),
  )
})

test.run()
