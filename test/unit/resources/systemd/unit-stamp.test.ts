// What a unit reads, asked by a question and kept by a step: the same times and digests, over a real shell.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { FILES_PROGRAM } from '../../../../src/resources/files/program/program.ts'
import { readerQuestion } from '../../../../src/resources/reader/reader.ts'
import { perlList } from '../../../../src/shell/perl-quote.ts'
import { FILE_STATES, fileStates, statesOf } from '../../../../src/resources/systemd/unit-stamp.ts'
import { suite } from '../../../suite.ts'

const test = suite('unit stamp')

test('a question and a step tell the same of files, of what is in directories and of what links lead to', () => {
  const dir = mkdtempSync(join(tmpdir(), 'mailrun-stamp-'))
  mkdirSync(join(dir, 'run'))
  mkdirSync(join(dir, 'conf.d'))
  writeFileSync(join(dir, 'run/files'), FILES_PROGRAM)
  for (const name of ['a', 'conf.d/b']) writeFileSync(join(dir, name), 'x')
  symlinkSync('a', join(dir, 'link'))
  const paths = ['a', 'conf.d', 'link', 'none'].map((name) => join(dir, name))
  const reported = (by: 'question' | 'step'): unknown => {
    const script =
      by === 'step'
        ? `d=\n${fileStates(paths).text}`
        : readerQuestion({ program: `${FILE_STATES}file_states${perlList(paths)};` }).text
    const env = { ...process.env, run: join(dir, 'run') }
    return [...statesOf(execFileSync('sh', ['-c', script], { encoding: 'latin1', env }).split('\0'))]
      .map(([path, { digest, mtime }]) => [path.slice(dir.length), digest.slice(0, 8), mtime !== ''])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
  }
  const all = ['/a', '/conf.d/b', '/link'].map((path) => [path, '2d711642', true])
  assert.equal([reported('question'), reported('step')], [all, all])
})

test.run()
