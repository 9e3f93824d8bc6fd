// The TSIG key that updates are signed with: a file that nsupdate(1) is named, or a value on its standard input.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { keyOf } from '../../../../../src/dns/backends/nsupdate/tsig-key.ts'
import { pushFromHere, readyToPush } from '../../../../../src/dns/backends/nsupdate/push-from-here.ts'
import type { DnsVars } from '../../../../../src/dns/dns-vars.ts'
import { wantedChange } from '../../../../../src/dns/plan/wanted-change.ts'
import { hostNamesOf, readyToPublish } from '../../../../../src/dns/push/ready-to-publish.ts'
import type { Host } from '../../../../../src/core/fleet/host.ts'
import { Secret } from '../../../../../src/shell/secret.ts'
import { suite } from '../../../../suite.ts'
import { key as record, written } from '../../mail-changes.ts'
import { fakeNsupdate } from '../fake-nsupdate.ts'

const test = suite('dns/backends: TSIG key')

const SECRET = 'c2VjcmV0c2VjcmV0c2VjcmV0'
const KEY = `key "mailrun." {\n\talgorithm hmac-sha256;\n\tsecret "${SECRET}";\n};\n`
const PRIMARY = { name: 'ns1.example.org', addresses: [{ address: '192.0.2.53', port: 53 }] }
const change = written(wantedChange(record, undefined)!)
const DONE = 'echo ";; ->>HEADER<<- opcode: UPDATE, status: NOERROR, id: 1"'

const fake = fakeNsupdate()
const asked = join(fake.folder, 'asked')
test.after(() => fake.remove())
test.before.each(() => writeFileSync(asked, ''))

test('a key that is a value is on standard input, and in no argument', async () => {
  fake.says(`echo "arguments: $*" >> ${asked}; cat >> ${asked}; ${DONE}`)
  const key = keyOf({ key: new Secret(KEY) })!
  await readyToPush(key)
  assert.equal(await pushFromHere([change], PRIMARY, key), [{ kind: 'done' }])
  const reported = readFileSync(asked, 'utf8')
  assert.match(reported, `arguments: \nkey hmac-sha256:mailrun. ${SECRET}\nquit\n`)
  assert.match(reported, `arguments: -v -t 20\nkey hmac-sha256:mailrun. ${SECRET}\nserver 192.0.2.53 53\n`)
})

test('a key that is a file is named, and its content is nowhere', async () => {
  fake.says(`echo "arguments: $*" >> ${asked}; cat >> ${asked}; ${DONE}`)
  const file = join(fake.folder, 'some.key')
  writeFileSync(file, KEY)
  assert.equal(await pushFromHere([change], PRIMARY, keyOf({ key_file: file })!), [{ kind: 'done' }])
  assert.match(readFileSync(asked, 'utf8'), `arguments: -v -t 20 -k ${file}\nserver 192.0.2.53 53\n`)
})

test('what nsupdate quotes of the secret is masked', async () => {
  fake.says(`cat >/dev/null; echo "could not create key from ${SECRET}: no memory"; exit 1`)
  const [outcome] = await pushFromHere([change], PRIMARY, keyOf({ key: new Secret(KEY) })!)
  assert.match(JSON.stringify(outcome), 'could not create key from')
  assert.not.match(JSON.stringify(outcome), SECRET)
})

test('a key that nsupdate does not take is reported before anything is sent', async () => {
  fake.says('cat >/dev/null; echo "unknown key type"; exit 1')
  const error = await readyToPush(keyOf({ key: new Secret(KEY) })!).catch((why: unknown) => why)
  assert.match(String(error), 'the TSIG key of dns.key cannot be read as one: what tsig-keygen writes is wanted')
})

test('a key of many zones is tried once, and each host is named that zones may be pushed by', async () => {
  fake.says(`cat >/dev/null; echo tried >> ${asked}`)
  const file = join(fake.folder, 'some.key')
  writeFileSync(file, KEY)
  const vars: DnsVars = {
    key_file: file,
    zones: {
      'a.test': { servers: ['192.0.2.1'] },
      'b.test': { key_file: file },
      'c.test': { host: 'ns1' },
      'd.test': { host: 'ns2', via: 'knotc' },
      'e.test': { via: 'none' },
    },
  }
  const hosts = ['ns1', 'ns2', 'mx1'].map((name) => ({ name }) as Host)
  const names = (await readyToPublish([vars], hosts)).map(({ name }) => name)
  assert.equal(names, ['ns1', 'ns2'])
  assert.is(readFileSync(asked, 'utf8'), 'tried\n')
  assert.equal([...hostNamesOf([vars])], ['ns1', 'ns2'])
})

test('a host that the inventory has not is reported, and so is a file that is not there', async () => {
  const why = async (vars: DnsVars): Promise<string> =>
    readyToPublish([vars], []).then(
      () => '',
      (error: unknown) => String(error),
    )
  assert.match(
    await why({ zones: { 'a.test': { host: 'ns1' } } }),
    'dns.host of a.test is "ns1", and the inventory has',
  )
  assert.not.ok(existsSync('/nowhere/some.key'))
  assert.match(
    await why({ key_file: '/nowhere/some.key' }),
    'the TSIG key /nowhere/some.key (dns.key_file) is not there',
  )
})

test.run()
