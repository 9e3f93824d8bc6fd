// The values that leave a run, as JSON has them.
import * as assert from 'uvu/assert'
import { realOutputs } from '../../../src/engine/outputs.ts'
import { UNKNOWN } from '../../../src/core/unknown.ts'
import { hostSigner } from '../../../src/signers/signers.ts'
import { milterSigning } from '../../../src/signers/milter-sign.ts'
import { suite } from '../../suite.ts'

const test = suite('outputs')
const probe = milterSigning({
  signer: hostSigner({}),
  domains: ['example.org'],
  own: false,
  bounces: false,
  template: '',
  nonce: 'n',
})
const outputOf = (state: unknown): unknown => realOutputs({ asked: probe }, () => ({ state }))['asked']

test('what is unknown is null, what is not there is left out, as in JSON', () => {
  const state = { a: UNKNOWN, b: undefined, c: [UNKNOWN, { d: undefined, e: 1 }], f: null }
  assert.equal(outputOf(state), { a: null, c: [null, { e: 1 }], f: null })
  assert.is(outputOf(undefined), null)
})

test('a host whose own mail is not asked about has no domain of its own', () => {
  const state = probe.parse({ code: 0, stdout: 'domain example.org\nend\n', stderr: '' })
  assert.not.ok('own' in (outputOf(state) as object))
})

test.run()
