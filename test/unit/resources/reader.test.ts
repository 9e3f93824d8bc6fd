// The reader: one process of Perl answers many questions, each by itself.
import { spawnSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { readerProgram, readerQuestion } from '../../../src/resources/reader/reader.ts'
import { READER_NAMES, READER_WORDS } from '../../../src/resources/reader/words.ts'
import { perlList, perlQuote } from '../../../src/shell/perl-quote.ts'
import { suite } from '../../suite.ts'

const test = suite('reader')

const MARK = 'mark-1'
const answers = (programs: readonly (string | Parameters<typeof readerQuestion>[0])[], more = false) => {
  const questions = programs.map((each) => readerQuestion(typeof each === 'string' ? { program: each } : each).perl!)
  return spawnSync('perl', ['-'], { input: Buffer.from(readerProgram(MARK, questions, more)), encoding: 'latin1' })
}
const answered = (index: number, code: number, asks: boolean): string =>
  `\n${MARK} answered ${index} ${code}\n${asks ? `\n${MARK} ask ${index + 1}\n` : ''}`

test('each question has its own answer, and what dies or fails ends its own alone', () => {
  const { status, stdout, stderr } = answers([
    'print "one"; ended(3);',
    'print "half"; fail("no disk");',
    'chdir "/tmp"; sub own { "three" } print own();',
    'sub own { "four" } print own(); require Cwd; run_program("pwd");',
    { apart: true, program: 'print "apart"; exit 7;' },
    { apart: true, program: 'fail("in a child");' },
    'print captured("sh", "-c", "echo out; echo err >&2"), run_program("no-such-program"), "\\n";',
  ])
  const expected = [
    ['one', 3],
    ['half', 1],
    ['three', 0],
    ['four/\n', 0],
    ['apart', 7],
    ['', 1],
    ['out\n127\n', 0],
  ] as const
  assert.is(status, 0)
  assert.is(stdout, expected.map(([text, code], index) => text + answered(index, code, index < 6)).join(''))
  const errors = ['', 'no disk\n', '', '', '', 'in a child\n', 'err\nno-such-program: No such file or directory\n']
  assert.is(stderr, errors.map((text, index) => `${text}\n${MARK} answered ${index}\n`).join(''))
})

test('the last one asks the next question of the trip, where there is one', () => {
  assert.is(answers(['print 1;'], true).stdout, `1${answered(0, 0, true)}`)
})

test('a question alone is a script with the same answer and status', () => {
  const alone = (program: string): readonly unknown[] => {
    const { text } = readerQuestion({ program })
    const { status, stdout, stderr } = spawnSync('sh', [], { input: text, encoding: 'utf8' })
    return [status, stdout, stderr]
  }
  assert.equal(alone('print "x";'), [0, 'x', ''])
  assert.equal(alone('ended(4);'), [4, '', ''])
  assert.equal(alone('fail("why");'), [1, '', 'why\n'])
})

test('a question reads nothing of the program, and neither do its children', () => {
  const { stdout } = answers(['print <STDIN> // "nothing"; run_program("cat");', 'print "next";'])
  assert.is(stdout, `nothing${answered(0, 0, true)}next${answered(1, 0, false)}`)
})

test('texts of any bytes are literals', () => {
  const texts = ["it's", 'a\\b', '$x @y', 'line\n  # two\n', '\u0000\u001b', 'ünï', '', '-x']
  const { stdout } = answers([`print join "\\xff", ${perlList(texts)};`])
  assert.is(stdout, texts.map((text) => Buffer.from(text).toString('latin1')).join('\xff') + answered(0, 0, false))
  assert.not.match(perlQuote('a\n#b'), '\n')
})

test('what every question is given is all that is defined, and needs no module but those of perl-base', () => {
  assert.ok(READER_NAMES.includes('reach') && READER_NAMES.includes('sums'))
  assert.equal(new Set(READER_NAMES).size, READER_NAMES.length)
  const modules = [...READER_WORDS.matchAll(/\b(?:use|require) ([\w:]+)/g)].map(([, name]) => name)
  assert.equal(new Set(modules), new Set(['Fcntl', 'POSIX']))
})

test.run()
