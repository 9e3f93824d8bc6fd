// docs/messages.md: whatever makes an error belongs to a family of messages, and each family's words are those of the
// sources.
import { dirname } from 'node:path'
import * as assert from 'uvu/assert'
import { CATALOGUE } from '../../../src/audit/catalogue.ts'
import { FAMILIES } from '../../pages/message-families.ts'
import { messagesPage } from '../../pages/messages.ts'
import { suite } from '../../suite.ts'
import { repositoryFiles, textOf } from '../house/repository.ts'

const test = suite('docs/messages')

/** Errors that a person is shown, and reasons why a task is blocked. */
const MAKES = /\bnew (?:MailrunError|Unreachable|Refused|TransientFailure|NotNow|CannotOpen|ZoneNotFound)\(|\bblocked\(/
const families = FAMILIES.flatMap((group) => group.families)
const sources = repositoryFiles().filter((path) => /^(?:src|tasks)\/.*\.ts$/.test(path))
const belongs = (path: string, from: readonly string[]): boolean =>
  from.some((each) => each === path || each === dirname(path))

test('a file that makes an error belongs to a family', () => {
  const makers = sources.filter((path) => MAKES.test(textOf(path)))
  assert.ok(makers.length > 100, String(makers.length))
  assert.equal(
    makers.filter((path) => !families.some(({ from }) => belongs(path, from))),
    [],
  )
})

test('the files and folders of a family are there', () => {
  const named = families.flatMap(({ from }) => from)
  assert.equal(
    named.filter((each) => !sources.some((path) => belongs(path, [each]))),
    [],
  )
})

/** Texts that are parted over lines are one. */
const joinedText = (path: string): string =>
  textOf(path)
    .replaceAll(/['`] \+\s*['`]/g, '')
    .replaceAll("\\'", "'")

test('the words of a family stand in its sources', () => {
  const foreign = families.flatMap(({ says, from }) => {
    const text = sources
      .filter((path) => belongs(path, from))
      .map(joinedText)
      .join('\n')
    const words = says.flatMap((each) => each.split('…')).map((each) => each.trim())
    return words.filter((each) => each.length >= 4 && !text.includes(each)).map((each) => `${from.join(', ')}: ${each}`)
  })
  assert.equal(foreign, [])
})

test('every id stands on the page', () => {
  const page = messagesPage().replaceAll('\\', '')
  for (const id of CATALOGUE.ids) assert.ok(page.includes(`\`${id}\``), id)
})

test.run()
