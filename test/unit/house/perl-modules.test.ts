// The Perl that mailrun sends to hosts uses only modules of perl-base: every Debian has that package, and no more.
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { repositoryFiles, textOf } from './repository.ts'

const test = suite('modules of Perl')

/** Of perl-base of Debian 12 and 13: dpkg -L perl-base. */
const IN_PERL_BASE = new Set([
  'Errno',
  'Fcntl',
  'IO::Handle',
  'IO::Socket::INET',
  'POSIX',
  'Socket',
  'bytes',
  'strict',
  'warnings',
])

test('a program for a host loads no module that perl-base has not', () => {
  const loaded = repositoryFiles()
    .filter((path) => /^(?:src|tasks)\/.*\.ts$/.test(path))
    .flatMap((path) => [...textOf(path).matchAll(/\b(?:use|require) ([A-Z]\w*(?:::\w+)*|strict|warnings)(?=;| qw)/g)])
    .map(([, module]) => module!)
  assert.ok(loaded.includes('Fcntl'))
  assert.equal(
    [...new Set(loaded)].filter((module) => !IN_PERL_BASE.has(module)),
    [],
  )
})

test.run()
