// Each page that is made of something else is what `npm run docs` makes of it.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { generatedPages } from '../../pages/generated.ts'
import { withSuites } from '../../pages/suites.ts'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'

const test = suite('generated pages')

const pages = generatedPages()
for (const [path, text] of pages) {
  test(`${path} is up to date`, () => {
    assert.is(readFileSync(join(ROOT, path), 'utf8'), text, `${path}: run "npm run docs"`)
  })
}

test('there is no plot that no bench makes', () => {
  const plots = [...pages.keys()].filter((path) => path.startsWith('docs/benchmarks/'))
  const folder = join(ROOT, 'docs/benchmarks')
  const there = existsSync(folder) ? readdirSync(folder).map((name) => `docs/benchmarks/${name}`) : []
  assert.equal(there.sort(), [...plots].sort())
})

test('the table of suites tells minutes by release, and says where none were measured', () => {
  const page = 'a\n<!-- suites: written by npm run docs -->\nold\n<!-- end of suites -->\nb\n'
  const seconds = { laws: { bookworm: 90, trixie: 66 }, kill: { bookworm: 30 } }
  assert.is(
    withSuites(page, ['dkim', 'kill', 'laws'], seconds, (name) => `all of ${name} | and more`),
    `a
<!-- suites: written by npm run docs -->

| suite | what it tries | Debian 12 | Debian 13 |
| --- | --- | ---: | ---: |
| \`dkim\` | all of dkim \\| and more | ? | ? |
| \`kill\` | all of kill \\| and more | 0.5 |  |
| \`laws\` | all of laws \\| and more | 1.5 | 1.1 |
|  | all | 2.0 | 1.1 |

<!-- end of suites -->
b
`,
  )
  assert.throws(() => withSuites('nothing marked', [], {}, () => ''), /suites: written by npm run docs/)
})

test.run()
