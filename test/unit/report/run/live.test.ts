// The live lines fit the terminal, whatever its size and whatever hosts say.
import * as assert from 'uvu/assert'
import { colours } from '../../../../src/report/write/colour.ts'
import { live, liveLines } from '../../../../src/report/run/live.ts'
import { width } from '../../../../src/report/write/width.ts'
import { said, term } from '../../../../src/report/write/terminal.ts'
import { suite } from '../../../suite.ts'

const test = suite('report/live')
const paint = colours(false)
const busy = (count: number, what = '') =>
  Array.from(
    { length: count },
    (_, index) =>
      [
        `mx${index}`,
        { since: performance.now() - index * 1000, doing: term`apt opendkim: install opendkim`, said: said(what) },
      ] as const,
  )

test('never more rows nor columns than the terminal has', () => {
  for (const columns of [1, 5, 20, 40, 80, 300]) {
    for (const rows of [1, 4, 5, 6, 24, 100]) {
      for (const count of [1, 2, 20, 500]) {
        const long = [
          [
            'a-very-long-host-name.with.many.labels.example.net',
            { since: 0, doing: said('安装软件包 '.repeat(30)), said: said('x'.repeat(500)) },
          ] as const,
          ...busy(count, 'Setting up opendkim'),
        ]
        const lines = liveLines(long, { all: 600, ended: 3 }, { columns, rows }, paint)
        assert.ok(lines.length <= Math.max(1, rows - 3), `${lines.length} lines in ${rows} rows`)
        for (const line of lines)
          assert.ok(width(line) < Math.max(columns, 1) || line === '', `${width(line)} columns in ${columns}`)
      }
    }
  }
})

test('hosts stand in the order in which they began, each with what it said last', () => {
  const lines = liveLines(busy(2, 'Unpacking'), { all: 3, ended: 1 }, { columns: 100, rows: 24 }, paint)
  assert.is(lines[1], 'mx1  1 s    apt opendkim: install opendkim  Unpacking')
  assert.is(lines[2], '1 of 3 done, 2 at work')
})

test('where not all fit, those that take longest are shown, and the others counted', () => {
  const lines = liveLines(busy(10), { all: 10, ended: 0 }, { columns: 100, rows: 7 }, paint)
  assert.equal(
    lines.map((line) => line.split(' ')[0]),
    ['mx8', 'mx9', '0'],
  )
  assert.match(lines[2]!, '10 at work (8 not shown)')
})

test('a long change leaves room for what it says', () => {
  const what = 'Setting up opendkim (2.11.0)'
  const [line] = liveLines(
    [['mx1', { since: performance.now(), doing: said('x'.repeat(200)), said: said(what) }]],
    { all: 1, ended: 0 },
    { columns: 80, rows: 24 },
    paint,
  )
  assert.match(line!, what)
})

test('what is printed stands above, and nothing is left behind at the end', async () => {
  let screen = ''
  const terminal = { columns: 80, rows: 24, write: (text: string) => void (screen += text) }
  const display = live(terminal, paint)
  display.see({ kind: 'run-start', playbook: 'p', check: false, hosts: ['mx1', 'mx2'] })
  display.see({ kind: 'host-start', host: 'mx1' })
  display.see({ kind: 'change-start', host: 'mx1', task: 'opendkim', type: 'apt', summary: 'install' })
  display.see({ kind: 'change-output', host: 'mx1', task: 'opendkim', line: '10%\r50%\u001b[31m\r100%' })
  await new Promise((resolve) => setTimeout(resolve, 250))
  assert.match(screen, '100%')
  assert.not.match(screen, '50%')
  display.print(term`a line\n`)
  display.close()
  assert.is(shown(screen), 'a line\n')
})

/** What a terminal shows that knows `CSI n A` and `CSI J` at the start of a line. */
function shown(text: string): string {
  let lines = ['']
  for (const part of text.match(/\u001b\[\d*[AJ]|\r|\n|[^\u001b\r\n]+/g) ?? []) {
    if (part.endsWith('A') && part.startsWith('\u001b'))
      lines = lines.slice(0, lines.length - Number(part.slice(2, -1)))
    else if (part === '\u001b[J') lines[lines.length - 1] = ''
    else if (part === '\n') lines.push('')
    else if (part !== '\r') lines[lines.length - 1] += part
  }
  return lines.join('\n')
}

test.run()
