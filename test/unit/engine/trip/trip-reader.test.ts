// The frames of a trip, however the bytes are cut.
import * as assert from 'uvu/assert'
import { progressLines, tripReader, stderrByQuestion, type Frame } from '../../../../src/engine/trip/trip-reader.ts'
import { OUTPUT_CAP_BYTES } from '../../../../src/engine/trip/progress.ts'
import { PROGRESS_CAP_BYTES } from '../../../../src/engine/trip/trip-steps.ts'
import { suite } from '../../../suite.ts'

const test = suite('trip reader')

const stream = Buffer.from(
  '\nM waiting ops@here, since noon\n\n' +
    'M start 0\nline one\nhalf\nM output 0\n' +
    'line one\nhalf\nM done 0 3\n\n' +
    'M ask 0\n\nM answered 0 0\n\n' +
    'M ask 1\nzwölf\n\n\nM answered 1 1\n',
)
const expected: readonly Frame[] = [
  { kind: 'waiting', holder: 'ops@here, since noon' },
  { kind: 'start', step: 0 },
  { kind: 'progress', step: 0, line: 'line one' },
  { kind: 'progress', step: 0, line: 'half' },
  { kind: 'done', step: 0, code: 3, output: 'line one\nhalf' },
  { kind: 'ask', question: 0 },
  { kind: 'answered', question: 0, code: 0, stdout: '' },
  { kind: 'ask', question: 1 },
  { kind: 'answered', question: 1, code: 1, stdout: Buffer.from('zwölf\n\n').toString('latin1') },
]

const read = (chunks: readonly Buffer[]): readonly Frame[] => {
  const frames: Frame[] = []
  const reader = tripReader('M', (frame) => frames.push(frame))
  for (const chunk of chunks) reader.feed(chunk)
  return frames
}

test('frames are the same whether the bytes come at once, cut in two anywhere, or one by one', () => {
  assert.equal(read([stream]), expected)
  for (let at = 0; at <= stream.length; at += 1)
    assert.equal(read([stream.subarray(0, at), stream.subarray(at)]), expected, `cut at ${at}`)
  assert.equal(read([...stream].map((byte) => Buffer.from([byte]))), expected)
})

test('output that looks like the beginning of a mark is output', () => {
  const frames = read([Buffer.from('\nM ask 0\n\nM\n\nMM x\nM'), Buffer.from('x\n\nM answered 0 0\n')])
  assert.equal(frames.at(-1), { kind: 'answered', question: 0, code: 0, stdout: '\nM\n\nMM x\nMx\n' })
})

test('what a question wrote to stderr is distinguished', () => {
  const said = 'a\n\nM answered 0\n\nM answered 1\nb\nM answered 2\nno perl\n\nM end\n'
  const { byQuestion, rest } = stderrByQuestion('M', Buffer.from(said))
  assert.is(rest, 'no perl')
  assert.equal(
    [...byQuestion.entries()],
    [
      [0, 'a\n'],
      [1, ''],
      [2, 'b'],
    ],
  )
})

test('of what was cut, the line in which it was cut is left out: it may be a part of a secret', () => {
  const output = (body: string): string =>
    (read([Buffer.from(`\nM start 0\n\nM output 0\n${body}\nM done 0 3\n`)]).at(-1) as { output: string }).output
  assert.is(output(`${'x'.repeat(OUTPUT_CAP_BYTES - 6)}\nlast\n`), 'last\n')
  assert.is(output('x'.repeat(OUTPUT_CAP_BYTES)), '')
  assert.is(output('x'.repeat(OUTPUT_CAP_BYTES - 1)).length, OUTPUT_CAP_BYTES - 1)
  const progress = (body: string): readonly Frame[] =>
    read([Buffer.from(`\nM start 0\n${body}\nM output 0\n\nM done 0 3\n`)]).filter(({ kind }) => kind === 'progress')
  assert.equal(progress(`first\n${'x'.repeat(PROGRESS_CAP_BYTES - 6)}`), [{ kind: 'progress', step: 0, line: 'first' }])
  assert.is(progress('first\nlast').length, 2)
})

test('of a line that is written over, what a terminal shows in the end is its progress', () => {
  const body = '1%\r50%\r\r100%\r\n\rlast\r\n\u2028a\rb\nc\r\r\n'
  const frames = read([Buffer.from(`\nM start 0\n${body}\nM output 0\n\nM done 0 0\n`)])
  const wanted = ['100%', 'last', 'b']
  assert.equal(
    frames.flatMap((frame) => (frame.kind === 'progress' ? [frame.line] : [])),
    wanted,
  )
  assert.equal(progressLines(body), wanted)
})

test('a line of a frame that does not end is no frame, nor is anything after it', () => {
  const line = `\nM waiting ${'x'.repeat(5000)}`
  assert.equal(read([Buffer.from(line), Buffer.from('\n\nM begun\n')]), [
    { kind: 'garbled', why: 'a line has no end within 4096 bytes' },
  ])
  assert.is(read([Buffer.from(`${line}\n`)]).at(-1)?.kind, 'garbled')
})

test.run()
