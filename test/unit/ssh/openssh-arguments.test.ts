// The arguments of the system's ssh where a connection must be a new one.
import * as assert from 'uvu/assert'
import { opensshArguments, withoutMaster, type OpensshTarget } from '../../../src/ssh/openssh/openssh-arguments.ts'
import { suite } from '../../suite.ts'

const test = suite('ssh: arguments')
const target = {
  sharesMaster: true,
  unsupported: ['the master connection /run/user/0/mx1', 'Ciphers'],
  connectSeconds: 10,
  keepalive: { seconds: 5, lost: 3 },
  hostKey: { strict: 'yes' },
} as unknown as OpensshTarget['target']
const wanted: OpensshTarget = { executable: 'ssh', first: ['-F', 'x'], then: [], address: 'mx1', target }
const how = { ready: 'READY', asks: false, command: 'sh' }

test('no master connection is used, whatever ssh_config says, and ssh itself says that it is logged in', () => {
  const anew = withoutMaster(wanted)
  assert.equal(anew.target.unsupported, ['Ciphers'])
  const words = opensshArguments(anew, how)
  assert.equal(words.slice(0, 4), ['-o', 'ControlMaster=no', '-o', 'ControlPath=none'])
  assert.ok(words.includes('LocalCommand=echo READY'))
  assert.ok(!opensshArguments(wanted, how).some((word) => word.startsWith('Control')))
})

test.run()
