// What the peers are given to do is what playbooks/dkim.ts does: the same files, by whatever tool.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { FIRST_RUN } from '../../../bench/contenders/hand-scripts.ts'
import { settingsOf } from '../../../src/signers/opendkim/files/conf.ts'
import { hardeningFor, hardeningText } from '../../../src/signers/opendkim/files/hardening.ts'
import { ROOTS_DIRECTORY, ROOTS_KEY } from '../../../src/signers/opendkim/keys/key-group.ts'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'

const test = suite('benches: peers')

const SOCKET = 'local:/var/spool/postfix/opendkim/opendkim.sock'
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const template = textOf('templates/opendkim.conf.ejs')

test("Ansible's opendkim.conf is that of the template", () => {
  assert.is(textOf('bench/peers/opendkim.conf.j2'), template.replace('<%= socket %>', '{{ socket }}'))
})

test('the drop-in of the unit is the one that mailrun writes', () => {
  const hardening = hardeningFor(settingsOf(template.replace('<%= socket %>', SOCKET)), [])
  if ('unfit' in hardening) throw new Error(hardening.unfit)
  assert.is(textOf('bench/peers/hardening.conf'), hardeningText(hardening))
  assert.ok(FIRST_RUN.includes(hardeningText(hardening)))
})

test('keys and their directories are given to the owner that mailrun gives them', () => {
  const playbook = textOf('bench/peers/dkim.yaml')
  for (const { owner, group, mode } of [ROOTS_KEY, ROOTS_DIRECTORY]) {
    assert.match(playbook, `owner: ${owner}\n        group: ${group}\n        mode: "${mode}"`)
    assert.ok(FIRST_RUN.includes(`${owner}:${group}`))
  }
  assert.not.match(playbook + FIRST_RUN, /opendkim:opendkim|mode: "0[67]00"/)
})

test.run()
