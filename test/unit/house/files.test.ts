// The house: no change names a file twice. What makes, replaces, owns, links or removes one does it by
// `src/resources/files/program`, but for the places that are root's alone.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../suite.ts'

const test = suite('files')

const repository = join(import.meta.dirname, '../../../..')
const PROGRAMS = 'chgrp|chmod|chown|cp|dd|install -d|ln|mkdir|mkfifo|mknod|mktemp|mv|rm|rmdir|tee|touch|truncate'
/** As a command with an option, a quoted word or a value; or a redirection into a file. */
const BY_NAME = new RegExp(`(?:^|[\\s;&|({\`])(?:${PROGRAMS}) (?:-|"|'|\\$)|[^-=<>$]>>? ?(?:"?\\$|/)(?!dev/null)`)

/**
 * Below /run and /var/lib, where root alone can write: the files of an activation, of instances, of stamps, of a trip
 * (`$run`). The socket
 * of an instance is removed by its last part, which follows nothing. Parameters of the kernel are the kernel's own.
 */
const ROOTS_OWN = new RegExp(
  [
    '\\$\\{`?\\$?\\{?(?:ACTIVATION|ANSWERS|ASK|LISTED|NEW|OLD|SAID|STAGED|SWEPT|UNHARDENED|WORK|name|stamp)\\b',
    '/run/mailrun',
    '"\\$run/fstab-line"',
    '/var/lib/mailrun/',
    '/var/lib/apt/lists',
    '/proc/sys/',
    '"\\$cover"',
    '"\\$2/opendkim\\.sock"',
  ].join('|'),
)

/** Perl's own comparison, which redirects nothing. */
const COMPARES = /\bif\b.* > \$\{SOURCE_BOUNDS\./

/** Without examples, which give a host's state beforehand, what is said of a change, and comments. */
const codeOf = (text: string): readonly string[] =>
  text
    .replace(/^(?:  examples: \[[\s\S]*?^  \],|const EXAMPLE_\w+ = `[^`]*`)$/gm, (given) => given.replace(/[^\n]/g, ''))
    .split('\n')
    .map((line) => (/^\s*(?:\*|\/\/|\/\*)|summary/.test(line) ? '' : line))

test('changes make, replace, own, link and remove files by src/resources/files/program alone', () => {
  const found = ['src/resources', 'src/signers', 'tasks'].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('files/program/'))
      .flatMap((file) =>
        codeOf(readFileSync(join(repository, folder, file), 'utf8')).flatMap((line, index) =>
          BY_NAME.test(line) && !ROOTS_OWN.test(line) && !COMPARES.test(line)
            ? [`${folder}/${file}:${index + 1}: ${line.trim()}`]
            : [],
        ),
      ),
  )
  assert.equal(found, [])
})

test('each of these would be found', () => {
  for (const line of [
    'chown -h -- ${to} ${path}',
    'rm -f -- ${beside} && ln -s -- ${target} ${beside}',
    'printf x > "$new"',
    '} > ${path}',
    'cat >> /etc/motd',
    'sh`touch ${path}`',
  ])
    assert.ok(BY_NAME.test(line), line)
})

test.run()
