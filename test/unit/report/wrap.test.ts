// Lines of prose break between words, and stay as wide as the terminal at most.
import * as assert from 'uvu/assert'
import { auditText } from '../../../src/report/audit/text.ts'
import { textReporter } from '../../../src/report/run/text.ts'
import { colours } from '../../../src/report/write/colour.ts'
import { said, term } from '../../../src/report/write/terminal.ts'
import { width } from '../../../src/report/write/width.ts'
import { wrapped, wrappedText } from '../../../src/report/write/wrap.ts'
import { evidence, host, PROOF, report } from '../audit/evidence.ts'
import { suite } from '../../suite.ts'

const test = suite('report/wrap')
const paint = colours(false)

test('a line that fits stays, and so does every line where there is no terminal', () => {
  const line = said('a line of some words')
  assert.equal(wrapped(line, line.length), [line])
  assert.equal(wrapped(said('word '.repeat(100)), undefined), [said('word '.repeat(100))])
})

test('pieces are indented more than the line is: none of them looks like another line', () => {
  const text = 'one two three four five six'
  assert.equal(wrapped(said(`    ${text}`), 24), ['    one two three four', '      five six'])
  assert.equal(wrapped(said(`  → ${text}`), 24), ['  → one two three four', '    five six'])
  assert.equal(wrappedText(term`short\n    ${said(text)}\n`, 24), 'short\n    one two three four\n      five six\n')
})

test('no word is broken; one that is too long stands alone; colours and wide letters count as they look', () => {
  const long = 'x'.repeat(50)
  assert.equal(wrapped(said(`see ${long} for more of it`), 30), ['see', `  ${long}`, '  for more of it'])
  const coloured = term`${colours(true).bad(said('error'))} ${said('of many words that follow it')}`
  for (const piece of wrapped(coloured, 20)) assert.ok(width(piece) <= 20, piece)
  for (const piece of wrapped(said('日本語の 文章は 幅が 二倍 です から'), 20)) assert.ok(width(piece) <= 20, piece)
})

const WORDS = /\S+/g

test('the notice of Ctrl-C and what a run came to fit 60 columns, word by word', () => {
  const shown = (columns: number | undefined): string => {
    let screen = ''
    const out = { write: (text: string) => void (screen += text) }
    const terminal = columns === undefined ? undefined : { ...out, columns, rows: 24 }
    const tell = textReporter({ diff: true, verbose: false, paint, terminal }, out)
    tell({ kind: 'run-start', playbook: 'p', check: false, hosts: ['mx1'] })
    tell({ kind: 'interrupted', busy: ['mx1', 'mx2', 'mx3'] })
    const why = 'the change was begun, and nobody can say whether it was done, because the connection was lost before'
    const diffs = [{ path: '/etc/x', before: undefined, after: `${'a line of a file '.repeat(8)}\n` }]
    const task = { name: 'x', type: 'copy', changes: [], commands: [], why, diffs, status: 'unknown' as const }
    const base = { name: 'mx1', trips: 1, seconds: 1, time: [], outputs: {} }
    const hosts = [{ ...base, status: 'failed' as const, error: why, tasks: [task] }]
    tell({ kind: 'run-end', result: { playbook: 'p', check: false, interrupted: true, hosts } })
    // How long it took differs.
    return screen.replaceAll(/\u001b\[\d*[AJ]|\r/g, '').replace(/in \d+\.\d s/, 'in N s')
  }
  const narrow = shown(60)
  assert.equal(narrow.match(WORDS), shown(undefined).match(WORDS))
  const wide = narrow.split('\n').filter((line) => width(line) > 60)
  // Of a diff nothing is broken.
  assert.equal(wide.length, 1, wide.join('|'))
  assert.match(wide[0]!, /^ {6}\+a line of a file/)
})

test('findings fit the terminal; records in them stay in one piece', () => {
  const verdict = {
    status: 'fail' as const,
    id: 'spf-fail',
    what: 'SPF of example.org does not let the address send, and this is said in many words',
    advice: 'add the address to the record, and see whether others see another address than this one',
  }
  const spf = PROOF.spf.map((each) => ({ ...each, verdict }))
  const text = (columns: number | undefined): string =>
    auditText(report(evidence([host({ proof: { ...PROOF, spf } })])), columns, paint)
  const below = (shown: string): string => shown.slice(shown.indexOf('✗ error  spf-fail'))
  assert.equal(below(text(60)).match(WORDS), below(text(undefined)).match(WORDS))
  for (const line of below(text(60)).split('\n'))
    assert.ok(width(line) <= 60 || /^ {4}(?:expected|found):/.test(line), line)
})

test.run()
