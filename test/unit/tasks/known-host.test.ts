// knownHost: lines by name, by hash and of several hosts; another key of the type is replaced.
import { createHmac } from 'node:crypto'
import * as assert from 'uvu/assert'
import { exampleBlob } from '../../../src/resources/accounts/ssh-key.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { knownHost, type KnownHostArgs } from '../../../tasks/known-host.ts'
import { suite } from '../../suite.ts'
import { absent, text, textOf } from './states.ts'

const test = suite('knownHost')
const [mine, other] = [exampleBlob(1), exampleBlob(2)]
const args: KnownHostArgs = { host: 'mx1.example.org', key: `ssh-ed25519 ${mine} a comment` }
const line = `mx1.example.org ssh-ed25519 ${mine}\n`
const hashOf = (name: string): string => {
  const salt = Buffer.alloc(20, 7)
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

function after(given: KnownHostArgs, before: string): string {
  const plan = planOf(knownHost(given), text(before), {})
  return plan.kind === 'change' ? textOf(plan.then) : plan.kind
}

test('a line is added, is left alone, and takes the place of another key', () => {
  checkCase(knownHost, { args, now: absent, expect: ['create'] })
  assert.is(after(args, 'a b c'), `a b c\n${line}`)
  assert.is(after(args, `${line}`), 'ok')
  assert.is(after(args, `MX1.example.org,192.0.2.1   ssh-ed25519 ${mine} x\n`), 'ok')
  assert.is(after(args, `mx1.example.org ssh-ed25519 ${other}\n`), line)
  assert.is(after(args, `mx1.example.org,mx2 ssh-ed25519 ${other} x\n`), `mx2 ssh-ed25519 ${other} x\n${line}`)
})

test('hashed lines are found; those of other types, patterns, authorities and remarks stay', () => {
  assert.is(after(args, `${hashOf('mx1.example.org')} ssh-ed25519 ${mine}\n`), 'ok')
  assert.is(after(args, `${hashOf('mx1.example.org')} ssh-ed25519 ${other}\n`), line)
  const hashed = `${hashOf('mx2')} ssh-ed25519 ${other}\n`
  const others = `${hashed}mx1.example.org ssh-rsa AAAA\n*.example.org ssh-ed25519 ${other}\n`
  const marked = `@cert-authority mx1.example.org ssh-ed25519 ${other}\n# mx1.example.org ssh-ed25519 x\n\n`
  assert.is(after(args, others + marked), others + marked + line)
})

test('absent removes all keys of the host, or those of one type', () => {
  const before = `mx1.example.org ssh-rsa AAAA\nmx1.example.org,mx2 ssh-ed25519 ${other}\nmx2 ssh-rsa AAAA\n`
  const gone: KnownHostArgs = { host: 'mx1.example.org', state: 'absent' }
  assert.is(after(gone, before), `mx2 ssh-ed25519 ${other}\nmx2 ssh-rsa AAAA\n`)
  assert.is(
    after({ ...gone, key: `ssh-ed25519 ${mine}` }, before),
    `mx1.example.org ssh-rsa AAAA\nmx2 ssh-ed25519 ${other}\nmx2 ssh-rsa AAAA\n`,
  )
  checkCase(knownHost, { args: gone, now: absent, expect: [] })
})

test('what is no host and no key is refused', () => {
  for (const host of ['', 'a b', 'a,b', 'a\n', '[a]', '*.x', '@cert-authority', '#x', '!a', '|1|a|b'])
    assert.throws(() => knownHost({ ...args, host }), /host must be/, JSON.stringify(host))
  assert.throws(() => knownHost({ host: 'a', key: 'ssh-rsa AAAA' }), /key must be a public key/)
  assert.throws(() => knownHost({ host: 'a' } as never), /key is wanted/)
  assert.throws(() => knownHost({ ...args, path: 'x' }), /absolute path/)
})

test.run()
