// The house: no source but its own folder, tasks, playbooks and templates knows what program signs mail.
import * as assert from 'uvu/assert'
import * as inspections from '../../../src/signers/inspection-list.ts'
import { SIGNER_NAMES, SIGNERS } from '../../../src/signers/signers.ts'
import { suite } from '../../suite.ts'
import { repositoryFiles, textOf } from './repository.ts'

const test = suite('signers')

const FOLDER = 'src/signers/opendkim/'
const NAMED = /opendkim/i
const KEYS = /\/etc\/dkimkeys/

/** What is OpenDKIM's own besides: lists, what sets it up, and what its package brings. */
const OWN: readonly string[] = [
  'src/commands/rotate/signer-rotations.ts',
  'src/resources/apt/package-provides.ts',
  // Packages that send or sign mail.
  'src/resources/postfix/setup-program.ts',
  'src/signers/inspection-list.ts',
  'src/signers/list.ts',
  'tasks/dkim-group.ts',
  'tasks/dkim-owners.ts',
  'tasks/index.ts',
  'tasks/keep-signed.ts',
  // Its argument `opendkim` says where a task `opendkim` has it listen.
  'tasks/milters.ts',
  'tasks/opendkim.ts',
]

/** Lines by file that name it all the same, and why. */
const EXCEPTIONS: Readonly<Record<string, readonly [lines: number, why: string]>> = {
  'src/core/gathered-facts.ts': [2, 'its version is a fact that playbooks read: a public name'],
  'src/findings/checks.ts': [1, 'what the report in HTML says of the column Setup'],
  'src/index.ts': [1, 'opendkimSocket is a public name'],
  'src/mail/proof/signing-kinds.ts': [3, 'what findings mean, and what to do: docs/mail/findings.md'],
  'src/playbook/gathered-facts.ts': [2, 'where that fact is asked'],
  'src/signers/parameter-twice.ts': [1, 'what a finding means: docs/mail/findings.md'],
  'tasks/dkim-key.ts': [1, 'what Ansible users look for: opendkim-genkey'],
}

/** Of a task its examples are hosts, on which something must sign. */
const withoutExamples = (text: string): string => text.replace(/^ {2}examples: \[\n[^]*?^ {2}\],$/m, '')

const sources = repositoryFiles().filter((path) => /^(?:src|tasks)\/.*\.ts$/.test(path))
const others = sources.filter((path) => !path.startsWith(FOLDER) && !OWN.includes(path))
const linesOf = (path: string, named: RegExp): readonly string[] =>
  withoutExamples(textOf(path).replaceAll(`./${FOLDER.slice('src/'.length)}`, ''))
    .split('\n')
    .filter((line) => named.test(line))

test('no other file names OpenDKIM', () => {
  assert.ok(others.length > 300)
  const found = others.flatMap((path) => {
    const lines = linesOf(path, NAMED)
    return lines.length === 0 ? [] : [[path, lines.length]]
  })
  assert.equal(
    Object.fromEntries(found) as unknown,
    Object.fromEntries(Object.entries(EXCEPTIONS).map(([path, [lines]]) => [path, lines])),
  )
})

test('the directory of its keys is said once', () => {
  const code = sources.filter((path) => path.startsWith('src/') && path !== 'src/resources/apt/package-provides.ts')
  assert.equal(
    code.filter((path) => linesOf(path, KEYS).length > 0),
    ['src/signers/opendkim/keys/key-group.ts'],
  )
})

test('each signer is a folder of its own, with an inspection', () => {
  const folders = new Set(sources.flatMap((path) => /^src\/signers\/([\w-]+)\//.exec(path)?.[1] ?? []))
  folders.delete('keys')
  assert.equal([...folders].sort(), [...SIGNER_NAMES].sort())
  assert.equal(
    Object.values(inspections)
      .map(({ name }) => name)
      .sort(),
    [...SIGNER_NAMES].sort(),
  )
})

test('one signs where the inventory names none', () => {
  assert.is(SIGNERS.filter(({ isUsual }) => isUsual === true).length, 1)
})

test.run()
