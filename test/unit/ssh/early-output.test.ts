// What a new shell prints of its greeting is kept from its first line on, in whatever pieces it comes.
import { PassThrough } from 'node:stream'
import * as assert from 'uvu/assert'
import { earlyOutput } from '../../../src/ssh/shell/early-output.ts'
import { shellStream } from '../../../src/ssh/shell/shell-stream.ts'
import { suite } from '../../suite.ts'

const test = suite('ssh/early-output')

const MARK = 'mailrun-0123456789abcdef'
const OUT = `\n${MARK} begun\nanswer\n${MARK} end\n`
const ERR = `\n${MARK} begin\n\n${MARK} end\n`
const streams = () => ({ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() })
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('the first exchange reads what came before it, and what comes later; a banner is dropped', async () => {
  for (const size of [1, 7, OUT.length]) {
    for (const before of [0, 20, OUT.length]) {
      const made = streams()
      const early = earlyOutput(made, MARK)
      made.stdout.write(`Welcome to ${MARK}\n`)
      made.stderr.write('a banner')
      for (let at = 0; at < before; at += size) made.stdout.write(OUT.slice(at, Math.min(at + size, before)))
      made.stderr.write(ERR)
      await turn()
      const seen: string[] = []
      const exchange = shellStream(made, early).exchange({
        script: '',
        end: `${MARK} end`,
        onStdout: (chunk) => void seen.push(chunk.toString()),
        signal: new AbortController().signal,
      })
      made.stdout.write(OUT.slice(before))
      const { stdout, stderr } = await exchange
      assert.ok(
        stdout.toString().endsWith(`\n${MARK} begun\nanswer`),
        JSON.stringify([size, before, stdout.toString()]),
      )
      assert.ok(stdout.length < OUT.length + MARK.length, 'no more of the banner than a mark is long')
      assert.ok(stderr.toString().endsWith(`\n${MARK} begin\n`))
      assert.ok(seen.join('').endsWith(OUT))
      assert.is(made.stdin.read(), null, 'nothing was sent')
    }
  }
})

test('a second exchange has nothing of it', async () => {
  const made = streams()
  const shell = shellStream(made, earlyOutput(made, MARK))
  made.stdout.write(OUT)
  made.stderr.write(ERR)
  await turn()
  const request = { onStdout: () => {}, signal: new AbortController().signal }
  await shell.exchange({ ...request, script: '', end: `${MARK} end` })
  const second = shell.exchange({ ...request, script: 'echo', end: 'other end' })
  made.stdout.write('\nother end\n')
  made.stderr.write('\nother end\n')
  assert.is((await second).stdout.toString(), '')
  assert.is(String(made.stdin.read()), 'echo')
})

test.run()
