// playbooks/mail-auth.ts before any host is touched: it is made of the other two, wants a policy, and wants to be able
// to push what it says it pushes.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { pattern } from '../../pattern.ts'
import { suite } from '../../suite.ts'
import { project, ROOT, type Ended, type Project } from '../cli/mailrun.ts'

const test = suite('playbooks/mail-auth.ts')
let here: Project
test.before(() => {
  here = project({})
})
test.after(() => here.remove())

const mailAuth = (vars: string, ...words: readonly string[]): Promise<Ended> => {
  writeFileSync(
    join(here.folder, 'inventory.yaml'),
    `mail:\n  vars:\n    domains: [example.org]\n${vars}  hosts:\n    mx1.example.org: { ansible_connection: local }\n`,
  )
  return here.mailrun(join(ROOT, 'playbooks/mail-auth.ts'), '-i', 'inventory.yaml', ...words)
}
const DMARC = '    dmarc: { p: none, rua: dmarc@example.org }\n'

test('it has the tasks of both, each once, and Postfix is restarted last', async () => {
  const { code, stdout, stderr } = await mailAuth(`${DMARC}    helo_name: out.example.org\n`, '--list-tasks')
  assert.is(code, 0, stderr)
  const tasks = stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
  for (const task of [
    'hostname mx1.example.org',
    'apt postfix',
    'apt opendkim, opendkim-tools, openssl',
    'dkimKey mx1._domainkey.example.org',
    'postfixParameter smtp_helo_name',
  ])
    assert.is(tasks.filter((each) => each === task).length, 1, `${task}\n${stdout}`)
  assert.is(tasks.at(-1), 'service postfix')
})

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  [
    'a domain without a policy',
    '',
    pattern(
      /host mx1\.example\.org: example\.org has no DMARC policy: /,
      /set dmarc, to begin with \{ p: none, rua: dmarc@example\.org \}/,
    ),
  ],
  ['a policy that tells nothing', '    dmarc: { p: none }\n', /p: none needs rua/],
  [
    'a TSIG key that is not there',
    `${DMARC}    dns: { key_file: /none/such.key }\n`,
    /the TSIG key \/none\/such\.key \(dns\.key_file\) is not there/,
  ],
  [
    'a name server that is no host',
    `${DMARC}    dns: { zones: { example.org: { host: ns9 } } }\n`,
    /dns\.host of example\.org is "ns9", and the inventory has no such host/,
  ],
  ['a way without its key', `${DMARC}    dns: { via: nsupdate }\n`, /via: nsupdate needs key_file/],
]
for (const [what, vars, message] of REFUSED) {
  test(`${what} is refused with exit status 1, in a check, too`, async () => {
    const { code, stderr } = await mailAuth(vars, '--check')
    assert.is(code, 1)
    assert.match(stderr, message)
  })
}

test('the tag publish is known, though no task has it', async () => {
  assert.is((await mailAuth(DMARC, '--skip-tags', 'publish', '--list-tasks')).code, 0)
  const { stderr } = await mailAuth(DMARC, '--skip-tags', 'pubish', '--list-tasks')
  assert.match(stderr, /no task has the tag "pubish": did you mean publish\?/)
  const plain = await here.mailrun(
    join(ROOT, 'playbooks/dkim.ts'),
    '-i',
    'inventory.yaml',
    '--skip-tags',
    'publish',
    '--list-tasks',
  )
  assert.match(plain.stderr, /no task has the tag "publish"/)
})

test.run()
