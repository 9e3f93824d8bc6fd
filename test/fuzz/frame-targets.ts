// The frames of a trip and the exchanges of a shell:
// the same however their bytes are cut, reported exactly, and by a real shell.
import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { shellStream, type ShellStreams } from '../../src/ssh/shell/shell-stream.ts'
import { raw } from '../../src/shell/script.ts'
import { stderrByQuestion, tripReader, type Frame } from '../../src/engine/trip/trip-reader.ts'
import { tripScript } from '../../src/engine/trip/trip.ts'
import { tripWords } from '../../src/engine/trip/trip-words.ts'
import { character, mutated } from './mutate.ts'
import type { Random } from './random.ts'
import { target, type Target } from './target.ts'

const MARK = 'mailrun-0123456789abcdef01234567'
const END = `${MARK} end`

/** Bytes as latin1, with what nearly is a mark, but without one. */
function bytes(random: Random, most: number): string {
  const pieces = random.list(most, () =>
    random.pick([
      () => 'line\n',
      () => '\n',
      () => '\r',
      () => '\r\n',
      () => `\n${MARK}`,
      () => `${MARK} `,
      () => `\n${MARK.slice(0, 1 + random.below(MARK.length))}`,
      () => '\0',
      () => '\xff\xfe',
      () => Buffer.from(character(random)).toString('latin1'),
      () => Buffer.from('zwölf €').toString('latin1'),
      () => String.fromCharCode(random.below(256)),
      () => 'x'.repeat(random.below(random.oneIn(20) ? 100_000 : 20)),
      () => ' end\n',
      () => `\n${END}`,
      () => '50%\r60%\r',
    ])(),
  )
  return pieces.join('').replaceAll(`\n${MARK} `, '\n').replaceAll(`\n${MARK} `, '')
}

/** Anywhere, many or few. */
function cuts(random: Random, length: number): readonly number[] {
  const most = random.pick([0, 1, 3, 30])
  return [...new Set(Array.from({ length: most }, () => random.below(length + 1)))].sort((a, b) => a - b)
}

function chunksOf(stream: Buffer, at: readonly number[]): readonly Buffer[] {
  const places = [0, ...at, stream.length]
  return places.slice(1).map((place, index) => stream.subarray(places[index], place))
}

const read = (chunks: readonly Buffer[]): readonly Frame[] => {
  const frames: Frame[] = []
  const reader = tripReader(MARK, (frame) => frames.push(frame))
  for (const chunk of chunks) reader.feed(chunk)
  return frames
}

interface Meant {
  readonly stream: string
  /** But for lines of progress. */
  readonly frames: readonly Frame[]
}

const mark = (words: string): string => `\n${MARK} ${words}\n`
const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8')

function trip(random: Random): Meant {
  const parts = random.list(6, (index): Meant => {
    const code = random.below(256)
    switch (random.below(4)) {
      case 0: {
        const holder = random.pick(['', 'ops@here, since noon', 'ä b  c'])
        return {
          stream: mark(`waiting ${Buffer.from(holder).toString('latin1')}`),
          frames: [{ kind: 'waiting', holder }],
        }
      }
      case 1: {
        const kind = random.pick(['stopped', 'stale', 'hung'] as const)
        return { stream: mark(kind), frames: [{ kind }] }
      }
      case 2: {
        // Of longer ones the host cuts the beginning off, and the reader the line in which that is.
        const [early, output] = [bytes(random, 6), bytes(random, 6).slice(0, 50_000)]
        return {
          stream: mark(`start ${index}`) + early + mark(`output ${index}`) + output + mark(`done ${index} ${code}`),
          frames: [
            { kind: 'start', step: index },
            { kind: 'done', step: index, code, output: utf8(output) },
          ],
        }
      }
      default: {
        const stdout = bytes(random, 8)
        return {
          stream: mark(`ask ${index}`) + stdout + mark(`answered ${index} ${code}`),
          frames: [
            { kind: 'ask', question: index },
            { kind: 'answered', question: index, code, stdout },
          ],
        }
      }
    }
  })
  return {
    stream: bytes(random, 3) + parts.map(({ stream }) => stream).join(''),
    frames: parts.flatMap(({ frames }) => frames),
  }
}

/** Streams that say what a test lets them say. */
class Said extends EventEmitter {
  write(): boolean {
    this.emit('written')
    return true
  }
}

export const FRAME_TARGETS: readonly Target[] = [
  target({
    name: 'frames of a trip: as they were meant, however they are cut',
    make: (random) => {
      const meant = trip(random)
      return { ...meant, at: cuts(random, meant.stream.length) }
    },
    check({ stream, frames, at }) {
      const all = Buffer.from(stream, 'latin1')
      const whole = read([all])
      assert.equal(
        whole.filter(({ kind }) => kind !== 'progress'),
        frames,
      )
      assert.equal(read(chunksOf(all, at)), whole, `cut at ${at.join(', ')}`)
      if (all.length < 500) assert.equal(read([...all].map((byte) => Buffer.from([byte]))), whole, 'byte by byte')
    },
  }),
  target({
    name: 'frames of a trip: spoilt',
    make: (random) => {
      const stream = mutated(random, trip(random).stream.slice(0, 5000), [
        mark('start 0'),
        mark('done 0'),
        mark('done x y'),
        mark('answered'),
        mark('answered 0 0'),
        mark(''),
        mark('ask -1'),
        `\n${MARK} `,
        `${MARK} start 0\n`,
        '\n',
        mark('unknown 1'),
      ])
      return { stream, at: cuts(random, stream.length) }
    },
    check({ stream, at }) {
      const all = Buffer.from(stream, 'latin1')
      assert.equal(read(chunksOf(all, at)), read([all]), `cut at ${at.join(', ')}`)
    },
  }),
  target({
    name: 'standard error by question',
    make: (random) => ({ banner: bytes(random, 3), parts: random.list(5, () => bytes(random, 5)) }),
    check({ banner, parts }) {
      const answers = parts.map((part, index) => part + mark(`answered ${index}`))
      const stream = banner + mark('begin') + answers.join('')
      assert.equal([...stderrByQuestion(MARK, Buffer.from(stream, 'latin1')).byQuestion], [...parts.entries()])
    },
  }),
  target({
    name: 'exchanges of a shell, however they are cut and mixed',
    make: (random) => ({
      exchanges: Array.from({ length: 1 + random.below(3) }, () => {
        const [out, err] = [bytes(random, 8), bytes(random, 4)].map((each) => each.replaceAll(`\n${END}\n`, '\n')) as [
          string,
          string,
        ]
        return {
          banner: random.oneIn(3) ? bytes(random, 3) : '',
          out,
          err,
          outAt: cuts(random, out.length + END.length + 2),
          errAt: cuts(random, err.length + END.length + 2),
          turns: Array.from({ length: 70 }, () => random.oneIn(2)),
        }
      }),
    }),
    async check({ exchanges }) {
      const [stdin, stdout, stderr] = [new Said(), new Said(), new Said()]
      const shell = shellStream({ stdin, stdout, stderr } as unknown as ShellStreams)
      for (const { banner, out, err, outAt, errAt, turns } of exchanges) {
        stdout.emit('data', Buffer.from(banner, 'latin1'))
        const outs = [...chunksOf(Buffer.from(`${out}\n${END}\n`, 'latin1'), outAt)]
        const errs = [...chunksOf(Buffer.from(`${err}\n${END}\n`, 'latin1'), errAt)]
        stdin.once('written', () => {
          for (const turn of turns) {
            const [name, from] = turn ? ([stdout, outs] as const) : ([stderr, errs] as const)
            const next = from.shift()
            if (next !== undefined) name.emit('data', next)
          }
          for (const next of outs) stdout.emit('data', next)
          for (const next of errs) stderr.emit('data', next)
        })
        const answer = await shell.exchange({ script: 'x', end: END, onStdout: () => {}, signal: NEVER })
        assert.is(answer.stdout.toString('latin1'), out)
        assert.is(answer.stderr.toString('latin1'), err)
      }
    },
  }),
  target({
    name: 'a trip by a real shell',
    slow: 50,
    make: (random) => ({
      steps: random.list(2, () => ({
        output: bytes(random, 4).slice(0, 2000),
        code: random.oneIn(4) ? 1 + random.below(100) : 0,
        streamed: random.oneIn(3),
      })),
      questions: random.list(4, () => ({
        output: bytes(random, 5).slice(0, 4000),
        errors: bytes(random, 3).slice(0, 1000),
        code: random.below(100),
      })),
    }),
    async check({ steps, questions }) {
      const folder = mkdtempSync(join(tmpdir(), 'mailrun-fuzz-'))
      try {
        const script = tripScript({
          words: tripWords(MARK),
          questionsSeconds: 30,
          after: undefined,
          lock: { holder: 'fuzz', waitSeconds: 5 },
          steps: steps.map(({ output, code, streamed }) => ({
            text: `${printing(output)}; exit ${code}`,
            timeoutSeconds: streamed ? 61 : 30,
          })),
          questions: questions.map(({ output, errors, code }) => ({
            script: raw(`${printing(output)}; { ${printing(errors)}; } >&2; exit ${code}`),
            family: undefined,
            items: [],
          })),
        })
        const { stdout, stderr } = await bySh(script, folder)
        const frames = read([stdout])
        const failed = steps.findIndex(({ code }) => code !== 0)
        const made = failed < 0 ? steps : steps.slice(0, failed + 1)
        assert.equal(
          frames.flatMap((frame) => (frame.kind === 'done' ? [[frame.step, frame.code, frame.output]] : [])),
          made.map(({ code, output }, index) => [index, code, utf8(output)]),
        )
        const asked = failed < 0 ? questions : []
        assert.equal(
          frames.flatMap((frame) => (frame.kind === 'answered' ? [[frame.question, frame.code, frame.stdout]] : [])),
          asked.map(({ code, output }, index) => [index, code, output]),
        )
        assert.equal(
          [...stderrByQuestion(MARK, stderr).byQuestion],
          asked.map(({ errors }, index) => [index, errors]),
        )
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }),
]

const NEVER = new AbortController().signal

/** Shell text that prints these bytes. */
const printing = (latin1: string): string =>
  `printf '%b' '${[...latin1].map((char) => `\\0${char.charCodeAt(0).toString(8).padStart(3, '0')}`).join('')}'`

function bySh(script: string, folder: string): Promise<{ readonly stdout: Buffer; readonly stderr: Buffer }> {
  const child = spawn('sh', [], { env: { ...process.env, MAILRUN_RUN_DIR: folder }, stdio: 'pipe' })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdin.end(script)
  return new Promise((resolve) =>
    child.on('close', () => resolve({ stdout: Buffer.concat(out), stderr: Buffer.concat(err) })),
  )
}
