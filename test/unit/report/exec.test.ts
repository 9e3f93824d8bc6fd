// What came of a command on hosts, as it is printed: equal output once, all else as it is.
import * as assert from 'uvu/assert'
import { alike } from '../../../src/report/exec/format.ts'
import { format } from '../../../src/report/exec/text.ts'
import { colours } from '../../../src/report/write/terminal.ts'
import type { ExecutedHost } from '../../../src/resources/command/execution.ts'
import { suite } from '../../suite.ts'

const test = suite('report/exec')

const printed = (text: string) => ({ text, bytes: text.length, isCut: false })
const ran = (name: string, stdout: string, code = 0, stderr = ''): ExecutedHost => ({
  name,
  status: 'ran',
  ran: { code, timedOut: false, stdout: printed(stdout), stderr: printed(stderr) },
})
const textOf = (hosts: readonly ExecutedHost[]): string =>
  format.write(
    { command: 'x', hosts, seconds: 0.31, interrupted: false },
    { columns: undefined, paint: colours(false) },
  )

test('equal output is reported once, with all names', () => {
  const hosts = [ran('mx1', 'empty\n'), ran('mx2', 'empty\n'), ran('mx3', '3 Requests\n'), ran('mx4', 'empty\n')]
  assert.is(textOf(hosts), 'mx1, mx2, mx4:\n  empty\nmx3:\n  3 Requests\n4 hosts: 4 exit status 0, in 0.3 s\n')
})

test('another exit status, another standard error and an error are distinguished, the worst last', () => {
  const hosts: ExecutedHost[] = [
    { name: 'mx1', status: 'unreachable', error: 'no route' },
    ran('mx2', 'same\n', 1),
    ran('mx3', 'same\n'),
    ran('mx4', 'same\n', 0, 'but\n'),
  ]
  assert.equal(
    alike(hosts).map(({ names }) => names),
    [['mx3'], ['mx4'], ['mx2'], ['mx1']],
  )
  assert.is(
    textOf(hosts),
    'mx3:\n  same\nmx4:\n  same\n  on standard error:\n    but\nmx2: exit status 1\n  same\n' +
      'mx1: unreachable\n  no route\n4 hosts: 1 unreachable, 1 exit status 1, 2 exit status 0, in 0.3 s\n',
  )
})

test('an output that is cut says how much there was', () => {
  const long = ran('mx1', '')
  const { ran: whole } = long
  const hosts = [{ ...long, ran: { ...whole!, stdout: { text: 'a\n', bytes: 5_000_000, isCut: true } } }]
  assert.match(textOf(hosts), '  a\n  … (it printed 5000000 bytes; this is the beginning)\n')
})

test.run()
