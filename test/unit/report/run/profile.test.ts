// Where the time of a run went: `--profile`, and `--verbose`.
import * as assert from 'uvu/assert'
import type { TimeSpent } from '../../../../src/core/run-event.ts'
import { profileLines } from '../../../../src/report/run/profile.ts'
import { colours } from '../../../../src/report/write/colour.ts'
import { suite } from '../../../suite.ts'
import { host } from '../results.ts'

const test = suite('report/profile')

const spent = (name: string, ...time: readonly TimeSpent[]) => host({ name, status: 'ok', time })

test('the median and the slowest host, for each kind; below it its parts, the longest first', () => {
  const hosts = [
    spent(
      'mx1',
      { kind: 'connecting', seconds: 0.2 },
      { kind: 'questions', of: 'path', seconds: 0.1 },
      { kind: 'questions', of: 'unit', seconds: 0.3 },
    ),
    spent('mx2', { kind: 'connecting', seconds: 0.4 }, { kind: 'questions', of: 'path', seconds: 0.2 }),
    spent(
      'mx3',
      { kind: 'connecting', seconds: 0.3 },
      { kind: 'change', of: 'apt postfix', seconds: 12.34 },
      { kind: 'change', of: 'file /etc/x', seconds: 0.05 },
    ),
  ]
  assert.equal(profileLines(hosts, 0.25, colours(false)), [
    '                    median  slowest',
    '  start of mailrun  0.25 s   0.25 s',
    '  connecting        0.30 s   0.40 s  mx2',
    '  questions         0.20 s   0.40 s  mx1',
    '    unit            0.30 s   0.30 s  mx1',
    '    path            0.10 s   0.20 s  mx2',
    '  changes           12.4 s   12.4 s  mx3',
    '    apt postfix     12.3 s   12.3 s  mx3',
    '    file /etc/x     0.05 s   0.05 s  mx3',
  ])
})

test('a name of a task does not reach the terminal as more than text', () => {
  const [, , , line] = profileLines(
    [spent('mx1', { kind: 'change', of: 'a\u001b[2Jb', seconds: 1 })],
    0,
    colours(false),
  )
  assert.not.match(line!, '\u001b')
})

test.run()
