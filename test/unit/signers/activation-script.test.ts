// The script that activates a set of OpenDKIM's files, run in parts by the shell that Debian has.
import { spawnSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { opendkimScript } from '../../../src/signers/opendkim/activation/script.ts'
import { suite } from '../../suite.ts'

const test = suite('opendkim activation script')

const { text } = opendkimScript({
  unit: 'opendkim.service',
  real: [],
  verb: 'reload',
  restartOn: [],
  reloadOn: ['/etc/dkimkeys/KeyTable'],
  listens: [],
  files: ['/etc/dkimkeys/KeyTable'],
  staged: new Map(),
  socket: undefined,
  former: undefined,
  signs: [],
  lists: undefined,
  hardened: { hardening: undefined, owned: false },
})

test('a start whose first command fails goes no further', () => {
  const live = /^live_or_softened\(\) \{\n.*?^\}$/ms.exec(text)?.[0] ?? ''
  assert.match(live, 'activate')
  const script = `say() { echo "said $1"; }
softened() { return 1; }
activate() ( set -e; echo began; false; echo went on )
${live}
true && live_or_softened && echo started`
  const { error, stdout } = spawnSync('dash', { input: script, encoding: 'utf8' })
  // Where there is no dash, no host is concerned: Debian's sh is dash.
  if (error === undefined || !('code' in error) || error.code !== 'ENOENT') assert.is(stdout, 'said began\n')
})

test.run()
