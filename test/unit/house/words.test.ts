// Refuses words of a private dialect: names and texts use the standard terms of the glossary in CONTRIBUTING.md.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'

const test = suite('words')

/** Each refused word, and what to write instead. */
const INSTEAD: readonly (readonly [word: RegExp, instead: string])[] = [
  [/outlook/i, 'prediction (of a task), next steps (of a rotation)'],
  [/(?:\b|[a-z])[Dd]eeds?(?:\b|[A-Z])/, 'step'],
  [
    /(?:\b|[a-z]|_)(?:(?:[Ff]ore|[Uu]n)?[Tt]old|TOLD)(?:\b|[A-Z]|_)/,
    'reported, said, known, predicted; answer (a noun)',
  ],
  [/ledger/i, 'record'],
  [/obstacle/i, 'problem'],
  [/(?:\b|[a-z])Beyond(?:\b|[A-Z])|\bbeyond[A-Z]/, 'unsupported, more than'],
  [/(?:\b|[a-z])(?:Passing|PASSING)(?:\b|[A-Z])/, 'transient'],
  [/(?:\b|[a-z])Ways?(?:\b|[A-Z])/, 'path, method, route'],
  [/(?:\b|[a-z])Shares?(?:\b|[A-Z])/, 'part'],
]

/** Words that users of mailrun or of OpenSSH know: they stay. By file. */
const STAYS: Readonly<Record<string, readonly string[]>> = {
  'CHANGELOG.md': ['`Told`', '`told`'],
  'docs/mail/findings.md': ['`not-told`'],
  'docs/messages.md': ['`not-told`'],
  'docs/mail/rotation.md': ['`deeds`'],
  'src/mail/proof/verdicts.ts': ["'not-told'"],
  'src/report/rotation/json.ts': ['deeds: doneSteps'],
  'src/verify/delivery.ts': ["'not-told'"],
}

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)))

const refused = (text: string): readonly string[] =>
  INSTEAD.flatMap(([word, instead]) => {
    const [found] = word.exec(text) ?? []
    return found === undefined ? [] : [`${found.trim()}: write ${instead}`]
  })

test('no text of src, tasks, docs and playbooks has a refused word', () => {
  const read = files.filter((path) => /^(?:src|tasks|docs|playbooks|templates)\/|^[A-Z]+\.md$/.test(path))
  assert.ok(read.length > 300)
  const found = read.flatMap((path) => {
    const stays = STAYS[path] ?? []
    const lines = readFileSync(join(ROOT, path), 'utf8').split('\n')
    return lines.flatMap((line, index) => {
      const text = stays.reduce((rest, each) => rest.replaceAll(each, ''), line)
      return refused(text).map((why) => `${path}:${index + 1}: ${why}`)
    })
  })
  assert.equal(found, [])
})

test('no file is named with a refused word', () => {
  const found = files
    .filter((path) => !path.startsWith('test/former/'))
    .flatMap((path) => refused(path.replaceAll('-', ' ')).map((why) => `${path}: ${why}`))
  assert.equal(found, [])
})

test.run()
