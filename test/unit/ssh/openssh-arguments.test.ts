// The arguments of the system's ssh where a connection must be a new one.
import * as assert from 'uvu/assert'
import { opensshArguments, withoutMaster, type OpensshTarget } from '../../../src/ssh/openssh/openssh-arguments.ts'
import { suite } from '../../suite.ts'

const test = suite('ssh: arguments')
const target = {
  master: { kind: 'stands', path: '/run/user/0/mx1' },
  unsupported: [],
  connectSeconds: 10,
  keepalive: { seconds: 5, lost: 3 },
  hostKey: { strict: 'yes' },
} as unknown as OpensshTarget['target']
const wanted: OpensshTarget = { executable: 'ssh', first: ['-F', 'x'], then: [], address: 'mx1', target }
const how = { ready: 'READY', asks: false, command: 'sh' }

/** What `-S` names. */
const socketOf = (words: readonly string[]): string | undefined => words[words.lastIndexOf('-S') + 1]

test('no master connection is used, though one stands, and ssh itself says that it is logged in', () => {
  assert.is(socketOf(opensshArguments(wanted, how)), '/run/user/0/mx1')
  const words = opensshArguments(withoutMaster(wanted), how)
  assert.is(socketOf(words), 'none')
  assert.ok(words.includes('ControlMaster=no'))
  assert.ok(words.includes('LocalCommand=echo READY'))
})

test.run()
