// What `npm run release` is going to do, by the state of the repository.
import * as assert from 'uvu/assert'
import { planRelease, type ReleaseState } from '../../../scripts/release-plan.ts'
import { suite } from '../../suite.ts'

const test = suite('npm run release')

const STATE: ReleaseState = {
  version: '0.1.0',
  changelog: '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A task.\n\n## [0.1.0] - 2026-01-02\n\n- All.\n',
  texts: new Map([
    ['README.md', 'With mailrun-0.1.0.tgz: OpenDKIM 0.1.0\n'],
    ['docs/cli.md', 'Nothing of it.\n'],
    ['create-mailrun/package.json', '{ "version": "0.1.0", "dependencies": { "mailrun": "0.1.0" } }'],
  ]),
  changed: [],
  branch: 'main',
  tags: ['v0.1.0'],
  headTags: [],
  published: [],
  today: '2026-03-04',
}
const plan = (part: Partial<ReleaseState> = {}, to = 'minor', provenance = true) =>
  planRelease({ ...STATE, ...part }, { to, provenance })

test('the next version, and one that is given', () => {
  for (const [to, version] of Object.entries({ patch: '0.1.1', minor: '0.2.0', major: '1.0.0', '3.2.1': '3.2.1' }))
    assert.is(plan({}, to).version, version)
  assert.equal(plan().problems, [])
})

test('what was unreleased becomes the version, with the date', () => {
  const { files, notes } = plan()
  assert.is(notes, '### Added\n\n- A task.')
  assert.match(
    files.get('CHANGELOG.md')!,
    '## [Unreleased]\n\n## [0.2.0] - 2026-03-04\n\n### Added\n\n- A task.\n\n## [0.1.0]',
  )
})

test('pages name the new tarball, and the package that starts projects depends on the new version', () => {
  const { files } = plan()
  assert.equal([...files.keys()].sort(), ['CHANGELOG.md', 'README.md', 'create-mailrun/package.json'])
  assert.is(files.get('README.md'), 'With mailrun-0.2.0.tgz: OpenDKIM 0.1.0\n')
  assert.is(files.get('create-mailrun/package.json'), '{ "version": "0.2.0", "dependencies": { "mailrun": "0.2.0" } }')
})

test('it is checked and committed before it is published, and pushed last', () => {
  const lines = plan().commands.map((words) => words.join(' '))
  const at = (start: string): number => lines.findIndex((line) => line.startsWith(start))
  const order = ['npm version 0.2.0', 'npm pack', 'npx --no-install publint', 'git commit', 'npm publish', 'git push']
  assert.equal(
    order.map(at),
    order.map(at).sort((one, other) => one - other),
  )
  assert.not.ok(order.map(at).includes(-1), lines.join('\n'))
})

test('npm signs where it was built, unless that is declined; a version to be tried gets no tag of everybody', () => {
  const published = (...of: Parameters<typeof plan>): readonly string[] =>
    plan(...of)
      .commands.filter(([, word]) => word === 'publish')
      .map((words) => words.slice(2).join(' '))
  assert.equal(published(), ['TARBALL --access=public --provenance', './create-mailrun --access=public --provenance'])
  assert.equal(published({}, 'patch', false)[0], 'TARBALL --access=public')
  assert.equal(published({}, '1.0.0-rc.1')[0], 'TARBALL --access=public --provenance --tag=next')
})

test('a release that failed after its tag goes on with what is not published yet; nothing is committed', () => {
  const begun = {
    version: '0.1.0',
    headTags: ['v0.1.0'],
    changelog: STATE.changelog.replace('### Added\n\n- A task.\n\n', ''),
  }
  const { version, problems, files, notes, commands } = plan(begun, 'minor', false)
  assert.equal([version, problems, files.size, notes], ['0.1.0', [], 0, '- All.'])
  assert.equal(
    commands.map((words) => words.join(' ')),
    [
      'npm pack --pack-destination=dist/release',
      'npx --no-install publint run --strict TARBALL',
      'npx --no-install attw --profile=esm-only TARBALL',
      'npm publish TARBALL --access=public',
      'npm publish ./create-mailrun --access=public',
      'git push --follow-tags',
    ],
  )
  const second = plan({ ...begun, published: ['mailrun'] }).commands.filter(([, word]) => word === 'publish')
  assert.equal(
    second.map((words) => words[2]),
    ['./create-mailrun'],
  )
  assert.equal(plan({ ...begun, changed: [' M README.md'] }).problems.length, 1)
})

test('another version than that at HEAD, and one that is published whole, are a release of their own', () => {
  const begun = { headTags: ['v0.1.0'] }
  assert.is(plan(begun, '0.1.0').version, '0.1.0')
  assert.is(plan(begun, '0.1.0').files.size, 0)
  assert.is(plan(begun, '0.3.0').version, '0.3.0')
  assert.is(plan({ headTags: ['v0.0.9'] }).version, '0.2.0')
  assert.is(plan({ ...begun, published: ['mailrun', 'create-mailrun'] }).version, '0.2.0')
})

for (const [what, part, to, problem] of [
  [
    'a file that is not committed',
    { changed: [' M src/index.ts'] },
    'minor',
    'files are not committed:\n   M src/index.ts',
  ],
  ['another branch', { branch: 'work' }, 'minor', 'the branch is work: releases are made from main'],
  ['a version that is there', { tags: ['v0.2.0'] }, 'minor', 'the tag v0.2.0 is there already'],
  [
    'a changelog that says nothing',
    { changelog: '## [Unreleased]\n\n## [0.1.0] - 2026-01-02\n\n- All.\n' },
    'minor',
    'CHANGELOG.md says nothing below [Unreleased]: write what users will notice',
  ],
  ['no version', {}, 'soon', 'soon is no version: patch, minor, major, or one such as 1.2.3 is wanted'],
] satisfies readonly (readonly [string, Partial<ReleaseState>, string, string])[])
  test(`no release with ${what}`, () => {
    assert.equal(plan(part, to).problems, [problem])
  })

test.run()
