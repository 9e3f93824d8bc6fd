// How a failed change is reported.
import * as assert from 'uvu/assert'
import { failureOf } from '../../../src/engine/failure.ts'
import { suite } from '../../suite.ts'

const test = suite('failureOf')
const failed = (code: number, output: string, seconds = 1): string =>
  failureOf({ code, output, seconds, timeoutSeconds: 60 })

test('status, last lines and way out', () => {
  assert.is(failed(3, ''), 'exit status 3')
  assert.is(failed(3, 'a\nb\n'), 'exit status 3\na\nb')
  assert.is(failed(1, `${'x\n'.repeat(30)}end\n`), `exit status 1\n${'x\n'.repeat(19)}end`)
  assert.match(
    failed(1, 'sh: 3: cannot create /srv/.f.mailrun-new: No space left on device'),
    /mailrun-new: No space left on device\n→ the file system is full, or has no inodes left: see df -h and df -i/,
  )
  assert.match(failed(1, "mv: cannot move 'a' to 'b': Operation not permitted"), /→ root is refused: .*lsattr/)
  assert.is(failed(1, 'iptables: Operation not permitted'), 'exit status 1\niptables: Operation not permitted')
})

test('killed, and out of time', () => {
  assert.is(failed(137, ''), 'exit status 137, killed by signal 9: out of memory? (journalctl -k)')
  assert.is(failed(137, '', 71), 'not done within 60 s, and ended')
  assert.is(failed(124, '', 60), 'not done within 60 s, and ended')
  assert.is(failed(124, '', 2), 'exit status 124')
})

test('a line without end is cut at its beginning', () => {
  const reported = failed(1, `${'x'.repeat(100_000)}end`)
  assert.ok(reported.length < 5000)
  assert.match(reported, /^exit status 1\n… x+end$/)
})

test.run()
