// The house: checked text is made by the writers alone, and printed in one place.
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'
import { repositoryFiles, textOf } from './repository.ts'

const test = suite('writers')

const files = repositoryFiles().filter((path) => /^(?:src|tasks|playbooks)\/.*\.ts$/.test(path))
const placesOf = (pattern: RegExp, allowed: readonly string[]): readonly string[] =>
  files
    .filter((path) => !allowed.some((each) => path.startsWith(each)))
    .flatMap((path) =>
      textOf(path)
        .split('\n')
        .flatMap((line, index) =>
          pattern.test(line) && !/^\s*(?:\*|\/\/)/.test(line) ? [`${path}:${index + 1}`] : [],
        ),
    )

const WRITERS = ['src/report/write/', 'src/report/write/json.ts', 'src/report/write/width.ts']

test('only writers take a text for a checked one', () => {
  assert.equal(placesOf(/\bas (?:readonly )?(?:Terminal|Html|Css|Xml|Markdown|Json)Text\b/, WRITERS), [])
  assert.equal(placesOf(/\bas (?:readonly )?(?:Checked|Printable)\b/, WRITERS), [])
  assert.equal(placesOf(/\bwriterOf\b/, WRITERS), [])
})

test('only the command line prints, where what it prints must be checked', () => {
  const prints = /\bconsole\.\w+\(|\bprocess\.std(?:out|err)\.write\(/
  // The first is where all goes through; the second starts before anything is loaded; the third answers ssh.
  assert.equal(
    placesOf(prints, [
      'src/cli/terminal/output.ts',
      'src/cli/main.ts',
      'src/ssh/openssh/askpass-program.ts',
      'src/bundle.ts',
    ]),
    [],
  )
})

test.run()
