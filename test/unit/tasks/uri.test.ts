// uri: files of the host decide whether it asks; what may not be asked is refused, and no secret is shown.
import * as assert from 'uvu/assert'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { Secret } from '../../../src/shell/secret.ts'
import type { Fact } from '../../../src/core/task/fact.ts'
import { uri, type UriArgs } from '../../../tasks/uri.ts'
import { suite } from '../../suite.ts'

const test = suite('uri')
const after = ['/etc/nginx', '/etc/x.conf']
const args: UriArgs = { url: 'https://example.org/a?token=t0', after }
const answered = { answered: true, changed: [] }
const changeOf = (given: UriArgs): { readonly text: string; readonly timeoutSeconds: number | undefined } => {
  const plan = planOf(uri(given), { answered: false, changed: [] }, {})
  if (plan.kind !== 'change') throw new Error(plan.kind)
  const { apply, timeoutSeconds } = plan.changes[0]!
  return { text: apply.text, timeoutSeconds }
}

test('what answered since nothing changed is not asked', () => {
  checkCase(uri, { args, now: answered, expect: [] })
  checkCase(uri, { args, now: { answered: false, changed: [] }, expect: ['ask for 200'] })
  const changed = [...after, '/a', '/b']
  const expect = ['ask for 200 or 204 and a text: /etc/nginx, /etc/x.conf, /a, …']
  checkCase(uri, { args: { ...args, status: [200, 204], contains: 'up' }, now: { answered: true, changed }, expect })
})

test('its name has no query, and says how it asks', () => {
  assert.is(uri(args).name, 'GET https://example.org/a?…')
  assert.is(uri({ url: 'http://[::1]:8080', after, method: 'HEAD' }).name, 'HEAD http://[::1]:8080')
})

const file = (digest: string, path: string): string =>
  `1.000000000 2.000000000 ${path}\0fd 3 ${path}\0${digest.repeat(64)}  /proc/self/fd/3\0`
const read = (now: string, kept: string): object =>
  uri(args).probe.parse({ code: 0, stdout: `${now}.stamp\0${kept}\0end`, stderr: '' })

test('contents count, of files and of all in a directory; a stamp that was cut short proves nothing', () => {
  const one = file('a', '/etc/x.conf')
  const below = file('b', '/etc/nginx/sites/é')
  assert.equal(read(one, ''), { answered: false, changed: [] })
  assert.equal(read(one, one), { answered: false, changed: [] })
  assert.equal(read(one + below, `${below}${one.replace('1.', '9.')}.end\0`), answered)
  assert.equal(read(one, `${one}${below}.end\0`), { answered: true, changed: ['/etc/nginx'] })
  assert.equal(read(file('c', '/etc/x.conf'), `${one}.end\0`), { answered: true, changed: ['/etc/x.conf'] })
  assert.equal(read(one, '.end\0'), { answered: true, changed: ['/etc/x.conf'] })
  assert.throws(() => uri(args).probe.parse({ code: 0, stdout: one, stderr: 'no perl\n' }), /example\.org .*: no perl/)
})

test('pending changes: a file that will be written makes it due, a directory does not', () => {
  const { probe } = uri(args)
  const foreseen = (path: string, kind: string): readonly string[] | undefined =>
    probe.foresee(answered, { resource: `path:${path}`, value: { kind } } satisfies Fact)?.changed
  assert.equal(foreseen('/etc/x.conf', 'file'), ['/etc/x.conf'])
  assert.equal(foreseen('/etc/nginx/a', 'file'), ['/etc/nginx'])
  assert.equal(foreseen('/etc', 'absent'), after)
  assert.equal(foreseen('/etc/nginx/a', 'directory'), [])
  assert.equal(foreseen('/etc/xy.conf', 'file'), [])
  assert.equal(probe.reads, ['path:/etc/nginx', 'path:/etc/x.conf'])
})

test('a Secret goes by standard input, is shown nowhere, and is in no name of a file', () => {
  const headers = { Authorization: new Secret("Bearer it's hunter2"), Accept: 'text/plain' }
  checkCase(uri, { args: { ...args, headers }, now: { answered: false, changed: [] }, expect: ['ask for 200'] })
  const { text } = changeOf({ ...args, headers })
  const lines = text.split('\n').filter((line) => line.includes('hunter2'))
  assert.is(lines.length, 1)
  assert.match(lines[0]!, /^ +printf '%s\\0' .* \|$/)
  const writes = (given: UriArgs): readonly string[] => uri(given).writes
  assert.equal(
    writes({ ...args, headers }),
    writes({ ...args, headers: { ...headers, Authorization: new Secret('x') } }),
  )
  assert.not.equal(writes({ ...args, headers }), writes(args))
})

test('it has an end: that of all attempts together', () => {
  assert.is(changeOf(args).timeoutSeconds, 42)
  assert.is(changeOf({ ...args, timeoutSeconds: 5, retries: 10, delaySeconds: 3 }).timeoutSeconds, 137)
  assert.throws(() => uri({ ...args, retries: 1000 }), /all attempts may take 14012 s: choose .* at most 3600 s/)
  for (const retries of [-1, 0.5, 1001, Number.NaN]) assert.throws(() => uri({ ...args, retries }), /retries must be/)
})

const refused = (given: object, message: RegExp): void =>
  assert.throws(() => uri({ ...args, ...given }), message, JSON.stringify(given))

test('other methods are refused, with the reason', () => {
  for (const method of ['POST', 'get', 'DELETE', '', 'GET / HTTP/1.1\r\nX:'])
    refused({ method }, /method must be GET or HEAD, which change nothing on a server \(for others: command\)/)
})

test('what is no URL to ask is refused', () => {
  const wrong: readonly (readonly [url: string, message: RegExp])[] = [
    ['', /url must begin with https/],
    ['ftp://x/', /url must begin with https/],
    ['file:///etc/passwd', /url must begin with https/],
    ['https:///x', /url must begin with https/],
    ['https://x/a b', /url must have no blanks/],
    ['https://x/\n', /url must have no blanks/],
    ['https://x/\u0000', /url must have no blanks/],
    ['https://bücher.example/', /as %20, or a name as xn--/],
    ['https://user:hunter2@x/', /url must name no user/],
    ['https://@x/', /url must name no user/],
    ['https://x\\@y/', /no backslash/],
    ['https://x/#a', /url must have no #/],
    ['https://x:99999/', /none that can be asked/],
    ['https://x:0/', /none that can be asked/],
    ['https://-x/', /names no host/],
    ['https://a..b/', /names no host/],
    ['https://x$(id)/', /names no host/],
    [`https://x/${'a'.repeat(2000)}`, /at most 2000 characters/],
  ]
  for (const [url, message] of wrong) {
    refused({ url }, message)
    assert.throws(
      () => uri({ ...args, url }),
      (error: Error) => !error.message.includes('hunter2'),
    )
  }
  for (const url of ['HTTPS://X.example', 'http://127.0.0.1:8080/a@b', 'https://[2001:db8::1]/', 'http://x?a@b'])
    assert.ok(uri({ ...args, url }))
})

test('header fields that break the request, that show a secret, or that mailrun sets are refused', () => {
  const wrong: readonly (readonly [headers: object, message: RegExp])[] = [
    [{ 'A:': 'b' }, /is no name of a header field/],
    [{ 'A\r\nB': 'b' }, /is no name of a header field/],
    [{ '': 'b' }, /is no name of a header field/],
    [{ A: 'b\r\nC: d' }, /A must be one line/],
    [{ A: '' }, /A must be one line/],
    [{ A: 'é' }, /A must be one line/],
    [{ A: new Secret('hunter2\n') }, /A must be one line/],
    [{ A: 1 }, /A must be a text or a Secret/],
    [{ A: 'b', a: 'c' }, /a is there twice/],
    [{ host: 'b' }, /host is set by mailrun/],
    [{ 'Content-Length': '3' }, /Content-Length is set by mailrun/],
    [{ 'Transfer-Encoding': 'chunked' }, /Transfer-Encoding is set by mailrun/],
    [{ Authorization: 'Bearer hunter2' }, /Authorization must be a Secret/],
    [{ cookie: 'hunter2' }, /cookie must be a Secret/],
  ]
  for (const [headers, message] of wrong) {
    refused({ headers }, message)
    assert.throws(
      () => uri({ ...args, headers } as never),
      (error: Error) => !error.message.includes('hunter2'),
    )
  }
  const headers = { Authorization: new Secret('x') }
  refused({ url: 'http://example.org/', headers }, /shows it to everybody on the way: ask https/)
  for (const url of ['http://localhost/', 'http://127.0.0.1:80/', 'http://[::1]/'])
    assert.ok(uri({ ...args, url, headers }))
})

test('what else can only be a mistake is refused', () => {
  refused({ after: [] }, /after is empty/)
  refused({ after: ['x'] }, /after must be an absolute path/)
  refused({ after: undefined }, /after/)
  refused({ status: [] }, /status is empty/)
  for (const status of [100, 199, 600, 200.5, [200, 99]]) refused({ status }, /status must be from 200 to 599/)
  refused({ contains: '' }, /contains is empty/)
  refused({ contains: 'a\0' }, /NUL/)
  refused({ contains: 'x'.repeat(4097) }, /at most 4096 bytes/)
  refused({ contains: 'a', method: 'HEAD' }, /contains goes with GET/)
  refused({ caFile: 'ca.pem' }, /caFile must be an absolute path/)
  refused({ timeoutSeconds: 0 }, /timeoutSeconds must be/)
})

test.run()
