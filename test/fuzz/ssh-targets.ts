// The files of OpenSSH: whatever they hold, they are read or refused, and no key is found that is not in them.
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import * as assert from 'uvu/assert'
import { keysFor, parseKnownHosts } from '../../src/ssh/host-keys/known-hosts.ts'
import { destination, sshResolver } from '../../src/ssh/config/resolver.ts'
import { answerOf } from '../../src/ssh/config/ask/answer.ts'
import { cases as knownHosts } from './known-hosts.ts'
import { cases as sshConfigs } from './ssh-config.ts'
import { known, ofCases, type Target } from './target.ts'

export const SSH_TARGETS: readonly Target[] = [
  ofCases('known_hosts', knownHosts, ({ text, name, absent }) => {
    const keys = keysFor(parseKnownHosts(text, 'fuzz'), name)
    assert.not.ok(
      keys.some(({ blob }) => blob.equals(absent.blob)),
      'a key that is not there',
    )
    for (const { blob } of keys)
      assert.ok(text.replace(/[\r\v\f]/g, '').includes(blob.toString('base64')), 'another key than is there')
  }),
  ofCases('ssh_config', sshConfigs, async ({ text, hosts }) => {
    const path = join(tmpdir(), `mailrun-fuzz-${process.pid}-${threadId}`)
    try {
      writeFileSync(path, text)
      // What ssh would say is random, too: no command is run here that chance has made.
      const resolver = sshResolver(path, ({ host }) =>
        Promise.resolve(answerOf(`host ${host}\nhostname ${host}\nuser root\nport 22\n${text.toLowerCase()}`)),
      )
      for (const host of hosts) await known(['MailrunError'], async () => resolver.resolve(destination(host)))
    } finally {
      rmSync(path, { force: true })
    }
  }),
]
