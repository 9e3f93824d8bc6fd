// What a host, or who stands before its shell, may say and how long it may take: more ends its own connection.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import * as assert from 'uvu/assert'
import { becomeWords } from '../../../src/ssh/become/become-words.ts'
import { openShell } from '../../../src/ssh/become/become-dialogue.ts'
import { localConnect } from '../../../src/ssh/local.ts'
import { sharedTrial } from '../../../src/ssh/shared-trial.ts'
import { fileLock } from '../../../src/ssh/host-keys/record-lock.ts'
import { hostShell } from '../../../src/ssh/shell/host-shell.ts'
import { shellStream } from '../../../src/ssh/shell/shell-stream.ts'
import { TooMuchSaid } from '../../../src/engine/session/connection.ts'
import { BECOME_BYTES } from '../../../src/core/bounds.ts'
import type { Become } from '../../../src/core/fleet/host.ts'
import { suite } from '../../suite.ts'

const test = suite('bounds of a connection')

const SUDO: Become = { method: 'sudo', user: 'root', executable: undefined, flags: [], password: undefined }

const rejection = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('it came about'),
    (error: Error) => error,
  )

/** Says this in place of sudo, on standard error or on standard output. */
const saying = (where: 'stderr' | 'stdout', pieces: Iterable<string>): Promise<unknown> => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const start = () => {
    for (const piece of pieces) (where === 'stderr' ? stderr : stdout).write(piece)
    return Promise.resolve({ stdin, stdout, stderr, onEnd: () => {} })
  }
  return openShell({ become: SUDO, login: 'ops', at: 'mx1', trial: sharedTrial(), start, stage: () => {} })
}

test('who says more than a shell needs is given up, with what to do', async () => {
  for (const where of ['stderr', 'stdout'] as const) {
    const error = await rejection(saying(where, Array<string>(80).fill('no password: '.repeat(100))))
    assert.match(
      error.message,
      /^mx1: become root through sudo: more than 64 kB were printed before a shell opened: log in/,
    )
    assert.ok(error.message.length < 8000)
  }
})

test('what the greeting prints before the shell is known to stand is no word of sudo: it is not counted', async () => {
  const mark = 'mailrun-0123456789abcdef'
  for (const [before, isOpened] of [
    [1, true],
    [80, false],
  ] as const) {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
    const source = {
      become: SUDO,
      trial: sharedTrial(),
      user: 'ops',
      at: 'mx1',
      stage: { now: '' },
      notes: [],
      greeting: { script: 'ask', mark },
      start(command: string) {
        for (let count = 0; count < before; count += 1) stdout.write('a banner '.repeat(100))
        stdout.write(`\n${mark} begun\n`)
        for (let count = 0; count < 3; count += 1) stdout.write('x'.repeat(BECOME_BYTES))
        const [ready] = /mailrun-ready-[0-9a-f]+/.exec(command)!
        setTimeout(() => stderr.write(`${ready}\n`), 100)
        return Promise.resolve({ stdin, stdout, stderr, onEnd: () => {} })
      },
      touch: () => Promise.resolve(),
      end: () => {},
    }
    const { message } = await rejection(hostShell(source))
    assert.match(message, isOpened ? /^it came about$/ : /more than 64 kB were printed before a shell opened/)
  }
})

test('words that come byte by byte cost no more than they are', () => {
  const words = becomeWords({ begin: 'BEGIN', ready: 'READY', end: 'END', question: 'QUESTION' })
  words.feed(Buffer.from('BEGIN\n'))
  for (let count = 6; count < BECOME_BYTES; count += 1)
    assert.is.not(words.feed(Buffer.from('new password: '.charAt(count % 14))).kind, 'too-much')
  assert.is(words.feed(Buffer.from('x')).kind, 'too-much')
})

test('an exchange ends where its bound is, however small the pieces', async () => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const shell = shellStream({ stdin, stdout, stderr })
  const request = { script: '', end: 'M end', most: 1000, onStdout: () => {}, signal: new AbortController().signal }
  const first = shell.exchange(request)
  for (const byte of Buffer.from(`${'x'.repeat(900)}\nM end\n`)) stdout.write(Buffer.of(byte))
  stderr.write('warnings\nM end\n')
  const { stdout: out, stderr: err } = await first
  assert.equal([out.toString(), err.toString()], ['x'.repeat(900), 'warnings'])
  const second = rejection(shell.exchange(request))
  for (let count = 0; count < 1001; count += 1) stderr.write('y')
  assert.instance(await second, TooMuchSaid)
})

test('this machine has an end, too, for whoever makes its shell wait', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-local-'))
  try {
    // Who is root already becomes another by runuser(1).
    for (const name of ['sudo', 'runuser']) {
      writeFileSync(join(folder, name), '#!/bin/sh\nwhile :; do echo please wait >&2; sleep 0.1; done\n')
      chmodSync(join(folder, name), 0o755)
    }
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` }
    const become: Become = { ...SUDO, user: 'nobody-there' }
    const error = await rejection(localConnect(env, become, sharedTrial(), { seconds: 1 }))
    assert.match(error.message, /^this machine: no answer within 1 s \(sudo/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a lock that cannot be removed is an error with its path; one that was left over is removed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-lock-'))
  try {
    const path = join(folder, 'known_hosts.mailrun-lock')
    const old = Date.now() / 1000 - 60
    writeFileSync(path, '')
    utimesSync(path, old, old)
    fileLock(path)()
    writeFileSync(path, '')
    utimesSync(path, old + 3600, old + 3600)
    fileLock(path)()
    mkdirSync(path)
    utimesSync(path, old, old)
    assert.throws(() => fileLock(path), /its lock \S+ is left over and cannot be removed: remove it/)
    rmSync(path, { recursive: true })
    symlinkSync('/nonexistent/file', path)
    fileLock(path)()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a lock that nobody frees counts as left over after a while, and no wait is without end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-lock-'))
  try {
    const path = join(folder, 'lock')
    const unlock = fileLock(path)
    // The one that holds it is this process: after some seconds it counts as left over.
    fileLock(path)()
    unlock()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test.run()
