// The program of `uri`, beside real servers of Node and beside servers that break every rule.
import { execFileSync } from 'node:child_process'
import type { RequestListener } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { suite } from '../../../suite.ts'
import { ask, Certificates, withBytes, withHttp, type Asked, type Said } from './servers.ts'

const test = suite('resources/uri/ask-program')
const certificates = new Certificates()
test.after(() => certificates.remove())

const refused = ({ code, text }: Said, message: RegExp): void => {
  assert.is(code, 1, text)
  assert.match(text, message)
  assert.not(text.includes('\n'), text)
}

test('what is sent: one request with the fields that are given, and nothing after it', async () => {
  const seen: string[] = []
  await withHttp(
    (request, response) => {
      seen.push(`${request.method ?? ''} ${request.url ?? ''} ${JSON.stringify(request.headers)}`)
      response.end()
    },
    async (port) => {
      const url = `http://127.0.0.1:${port}`
      const own = { 'user-agent': 'mine', 'X-A': 'it\'s $(x) "q"' }
      assert.equal(await ask({ url: `${url}/a%20b?c='d'#`, headers: own }), { code: 0, text: 'it answers 200' })
      assert.equal(await ask({ url, method: 'HEAD' }), { code: 0, text: 'it answers 200' })
      const closing = { 'accept-encoding': 'identity', connection: 'close' }
      const host = `127.0.0.1:${port}`
      const first = { host, accept: '*/*', 'user-agent': 'mine', 'x-a': own['X-A'], ...closing }
      const second = { host, 'user-agent': 'mailrun', accept: '*/*', ...closing }
      assert.equal(seen, [`GET /a%20b?c=%27d%27 ${JSON.stringify(first)}`, `HEAD / ${JSON.stringify(second)}`])
    },
  )
})

test('a status code that is not wanted, and a redirection, which is not followed', async () => {
  let requests = 0
  await withHttp(
    (request, response) => {
      requests += 1
      if (request.url === '/gone') response.writeHead(410).end('sorry')
      else response.writeHead(302, { location: 'http://me:hunter2@127.0.0.1/x?token=hunter2' }).end()
    },
    async (port) => {
      const url = `http://127.0.0.1:${port}`
      refused(await ask({ url: `${url}/gone` }), /^it answers 410$/)
      refused(await ask({ url }), /^it answers 302, and leads to http:\/\/127\.0\.0\.1\/x: mailrun asks no other URL/)
      assert.is((await ask({ url, status: [200, 302] })).code, 0)
      assert.is((await ask({ url: `${url}/gone`, status: [410] })).text, 'it answers 410')
      assert.is(requests, 4)
    },
  )
})

test('a text is found however the body comes: in pieces, with a length, to the end of the connection', async () => {
  const body = `${'é'.repeat(40_000)}it's "here" ✓\n`
  const contains = `it's "here" ✓`
  const has = { code: 0, text: `it answers 200, and the ${Buffer.byteLength(body)} bytes have the wanted text` }
  await withHttp(
    (request, response) => {
      if (request.url === '/length') response.setHeader('content-length', Buffer.byteLength(body)).end(body)
      else {
        // Some pieces end in the middle of the text.
        for (let from = 0; from < body.length; from += 1003) response.write(body.slice(from, from + 1003))
        response.write('')
        response.end()
      }
    },
    async (port) => {
      for (const path of ['/length', '/pieces']) {
        const url = `http://127.0.0.1:${port}${path}`
        assert.equal(await ask({ url, contains }), has, path)
        refused(
          await ask({ url, contains: 'no such' }),
          /^it answers 200, but the \d+ bytes do not have the wanted text$/,
        )
      }
    },
  )
  await withBytes(`HTTP/1.0 200\r\n\r\n${body}`, async (port) =>
    assert.equal(await ask({ url: `http://127.0.0.1:${port}`, contains }), has),
  )
  const late = `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\nContent-Length: 2\n\nok`
  await withBytes(late, async (port) => {
    const url = `http://127.0.0.1:${port}`
    assert.match((await ask({ url, contains: 'ok' })).text, 'it answers 200, and the 2 bytes')
  })
})

test('servers that break the rules: an error of one line, and an end', async () => {
  const answers: readonly (readonly [answer: string, why: RegExp])[] = [
    ['', /^the server closed without an answer$/],
    ['HTTP/1.1 200', /^the answer broke off before its head$/],
    ['HTTP/1.1 200 OK\r\nA: b', /^the answer broke off in its head$/],
    ['SSH-2.0-OpenSSH\r\n', /^what answers does not speak HTTP\/1\.1$/],
    ['HTTP/2 200\r\n\r\n', /^what answers does not speak HTTP\/1\.1$/],
    ['HTTP/1.1 2000 OK\r\n\r\n', /^what answers does not speak HTTP\/1\.1$/],
    ['HTTP/1.1 100 Continue\r\n\r\n'.repeat(20), /^it answers 100 and no more$/],
    ['HTTP/1.1 200 OK\r\nno field\r\n\r\n', /^the head of the answer is no HTTP$/],
    ['HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n', /^the head of the answer is no HTTP$/],
    [`HTTP/1.1 200 ${'x'.repeat(1 << 20)}`, /^a line of the answer is too long$/],
    [`HTTP/1.1 200 OK\r\n${`A: ${'b'.repeat(1000)}\r\n`.repeat(100)}\r\n`, /^the head of the answer is too long$/],
    ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok', /^the answer broke off in its body$/],
    ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok', /^the length of the answer is no number$/],
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok', /^the length of the answer is no number$/],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', /transfer coding other than chunked$/],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nok', /^the answer broke off in its body$/],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok', /^the answer broke off in its body$/],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nok\r\n', /^the body of the answer is no HTTP$/],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nok\r\n', /^the body of the answer is no HTTP$/],
    ['HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\u001fx', /2 bytes, which are in the coding gzip, do not have/],
    [`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(2 << 20)}ok`, /^it answers 200, but the first 1048576 bytes do not have/],
    [
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n${'x'.repeat(2 << 20)}`,
      /^it answers 200, but the first 1048576 bytes do not have/,
    ],
    ['HTTP/1.1 301 \r\nLocation: \u001b]0;x\u0007/\r\n\r\n', /^it answers 301, and leads to {2}\]0;x \/: mailrun/],
    ['HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n', /^it answers 304$/],
  ]
  for (const [answer, why] of answers)
    await withBytes(Buffer.from(answer), async (port) =>
      refused(await ask({ url: `http://127.0.0.1:${port}`, contains: 'ok' }), why),
    )
})

test('a text in the first MiB is found in an endless body, of which no more is read', async () => {
  let sent = 0
  await withHttp(
    (_, response) => {
      const more = (): void => {
        while (!response.destroyed && sent < 64 << 20) {
          sent += 1 << 16
          if (!response.write('ok'.padEnd(1 << 16, 'x'))) return void response.once('drain', more)
        }
      }
      response.on('error', () => undefined)
      more()
    },
    async (port) => {
      const { code, text } = await ask({ url: `http://127.0.0.1:${port}`, contains: 'xok' })
      assert.equal([code, text], [0, 'it answers 200, and the first 1048576 bytes have the wanted text'])
    },
  )
  await after(10)
  assert.ok(sent < 64 << 20, `${sent} bytes were taken`)
})

test('HTTPS: the certificate must be of an authority that is known, of that name, and valid', async () => {
  const ok = (_: unknown, response: { end(text: string): unknown }): unknown => response.end('ok')
  const { caFile } = certificates
  const asked = (host: string, port: number, more: Partial<Asked> = { caFile }): Promise<Said> =>
    ask({ url: `https://${host}:${port}/`, contains: 'ok', ...more })
  await certificates.serve('DNS:localhost,IP:127.0.0.1', 2, ok, async (port) => {
    const found = { code: 0, text: 'it answers 200, and the 2 bytes have the wanted text' }
    assert.equal(await asked('localhost', port), found)
    assert.equal(await asked('127.0.0.1', port), found)
    refused(await asked('localhost', port, {}), /^the certificate is not accepted: .*(?:local issuer|self.signed)/)
    refused(await asked('localhost', port, { caFile: '/nonexistent' }), /^caFile: \/nonexistent cannot be read$/)
  })
  await certificates.serve('DNS:other.example,IP:127.0.0.2', 2, ok, async (port) => {
    refused(await asked('localhost', port), /^the certificate is not accepted: hostname mismatch$/i)
    refused(await asked('127.0.0.1', port), /^the certificate is not accepted: IP address mismatch$/i)
  })
  await certificates.serve('DNS:localhost', 0, ok, async (port) => {
    await after(1100)
    refused(await asked('localhost', port), /^the certificate is not accepted: certificate has expired$/)
  })
  await withHttp(ok, async (port) => refused(await asked('localhost', port), /^TLS: wrong version number$/))
})

test('openssl ends with the program, also where the server keeps the connection open', async () => {
  const { caFile } = certificates
  const half: RequestListener = (_, { socket }) => void socket?.write('HTTP/1.1 200 OK\r\n\r\n')
  await certificates.serve('DNS:localhost', 2, half, async (port) => {
    const began = performance.now()
    assert.equal(await ask({ url: `https://localhost:${port}`, caFile }), { code: 0, text: 'it answers 200' })
    assert.ok(performance.now() - began < 10_000)
    const running = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    assert.not.match(running, `localhost:${port}`)
  })
})

test('nobody listens, and a name that does not exist', async () => {
  const port = await withHttp(
    () => undefined,
    (open) => Promise.resolve(open),
  )
  for (const scheme of ['http', 'https'])
    refused(await ask({ url: `${scheme}://127.0.0.1:${port}` }), /^no connection: Connection refused$/)
  for (const scheme of ['http', 'https'])
    refused(await ask({ url: `${scheme}://x.invalid` }), /^no connection: .*name/i)
})

test.run()
