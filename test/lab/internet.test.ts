// The lab's small internet: names resolve through a private root, updates spread or lag, and mail is judged by
// verifiers that are not ours. Has a lab of its own.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import * as assert from 'uvu/assert'
import type { RunDocument } from '../../src/report/run/json.ts'
import { MAIN, ROOT } from '../unit/cli/mailrun.ts'
import { suite } from '../suite.ts'
import { inHost } from './in-host.ts'
import { inventoryWithoutDns } from './inventory-without-dns.ts'
import { nameLab } from './own-lab.ts'

nameLab('internet')
const lab = await import('../../lab/index.ts')
const test = suite('lab: internet')
const PATIENCE_MS = 60_000

/** Over the network; the mail hosts have no dig. */
const dig = (server: string, question: string): Promise<string> =>
  inHost('resolver', `dig +short @${server} ${question}`)
const flagsOf = async (server: string, question: string): Promise<string> =>
  /flags: ([a-z ]*);/.exec(await inHost('resolver', `dig @${server} ${question}`))?.[1] ?? ''
const resultsOf = (mail: Awaited<ReturnType<typeof lab.receivedMail>>) =>
  Object.fromEntries(
    (['spf', 'dkim', 'dmarc'] as const).map((method) => [method, mail.results(method).map(({ result }) => result)]),
  )
const sent = async (host: string, mail: Parameters<typeof lab.sendMail>[1]) => {
  const id = await lab.sendMail(host, mail)
  return lab.receivedMail(({ messageId }) => messageId === id, PATIENCE_MS)
}

let dns: Awaited<ReturnType<typeof lab.dns>>
test.before(async () => {
  await lab.labUp({ size: 2, tools: false, internet: true, wire: undefined })
  dns = await lab.dns()
})
test.after(() => lab.labDown())

test('all hosts run, without a unit that failed', async () => {
  assert.equal(
    (await lab.labStatus()).hosts.map(({ name, system, failed }) => `${name} ${system} ${failed.join()}`.trim()),
    ['ns1', 'ns2', 'resolver', 'receiver', 'mx1', 'mx2'].map((name) => `${name} running`),
  )
})

test('names and addresses of hosts confirm each other, by IPv4 and IPv6, through the resolver alone', async () => {
  for (const [from, name] of [
    ['mx1', 'mx2.fleet.test'],
    ['mx2', 'mx1.fleet.test'],
    ['receiver', 'mx1.fleet.test'],
    ['mx1', 'mx.receiver.test'],
    ['mx1', 'mx6.receiver.test'],
  ] as const) {
    assert.not.match(await inHost(from, 'cat /etc/hosts'), name)
    const found = (await inHost(from, `getent ahosts ${name}`))
      .split('\n')
      .filter((line) => line.includes('STREAM'))
      .map((line) => line.split(' ')[0] ?? '')
    assert.is(found.length, name.startsWith('mx.') || name.startsWith('mx6.') ? 1 : 2, name)
    for (const address of found)
      assert.match(await inHost(from, `getent hosts ${address}`), new RegExp(` ${name.replaceAll('.', '\\.')}$`))
  }
})

test(
  'the resolver starts at the private root; the authoritative servers do not recurse, ' +
    'nor does the resolver claim authority',
  async () => {
    await lab.flushResolver()
    assert.is(await dig(dns.resolver, 'receiver.test MX'), '10 mx.receiver.test.')
    assert.equal((await dig(dns.resolver, '. NS')).split('\n').sort(), ['ns1.fleet.test.', 'ns2.fleet.test.'])
    assert.is(await dig(dns.resolver, 'nobody.example. A'), '')
    for (const server of [dns.primary, dns.secondary]) {
      assert.match(await flagsOf(server, 'receiver.test MX'), /\baa\b/)
      assert.not.match(await flagsOf(server, 'receiver.test MX'), /\bra\b/)
    }
    assert.match(await flagsOf(dns.resolver, 'receiver.test MX'), /\bra\b/)
    assert.not.match(await flagsOf(dns.resolver, 'receiver.test MX'), /\baa\b/)
  },
)

test('a parked domain says that it neither sends nor receives; a third party has a policy to include', async () => {
  assert.is(await dig(dns.resolver, 'parked.test MX'), '0 .')
  assert.is(await dig(dns.resolver, 'parked.test TXT'), '"v=spf1 -all"')
  assert.is(await dig(dns.resolver, 'any._domainkey.parked.test TXT'), '"v=DKIM1; p="')
  assert.match(await dig(dns.resolver, '_spf.thirdparty.test TXT'), 'include:_spf1.thirdparty.test')
})

/** With a key of the lab, over the network. */
const update = async (keyFile: string, ...lines: readonly string[]): Promise<string> => {
  const key = await readFile(keyFile, 'utf8')
  const { stdout, stderr } = await lab.hostExec(
    'resolver',
    `cat >/run/test.key <<'KEY'
${key}KEY
nsupdate -k /run/test.key <<'UPDATE'
server ${dns.primary}
${lines.join('\n')}
send
UPDATE
rm /run/test.key
`,
  )
  return `${stdout}${stderr}`.trim()
}
const until = async (question: string, answer: string, server: string): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS
  while ((await dig(server, question)) !== answer)
    assert.ok(performance.now() < deadline, `${server} never said ${answer} to ${question}`)
}

test('a dynamic update with either key shows at both servers', async () => {
  assert.is(await update(dns.keyFiles.mailrun, 'update add s1._domainkey.example.test 5 TXT "v=DKIM1; p=one"'), '')
  assert.is(await update(dns.keyFiles.lab, 'update add apex.example.test 5 TXT "two"'), '')
  for (const server of [dns.primary, dns.secondary]) {
    await until('s1._domainkey.example.test TXT', '"v=DKIM1; p=one"', server)
    await until('apex.example.test TXT', '"two"', server)
  }
})

test("the key of mailrun changes nothing but TXT at the names of mail's records", async () => {
  for (const line of [
    'update add example.test 5 TXT "v=spf1 +all"',
    'update add www.example.test 5 A 192.0.2.1',
    'update add s2._domainkey.example.test 5 CNAME elsewhere.test.',
    'update add s1._domainkey.receiver.test 5 TXT "x"',
  ]) {
    assert.is(await update(dns.keyFiles.mailrun, line), 'update failed: REFUSED', line)
  }
  for (const name of ['_dmarc', '_mta-sts', '_smtp._tls'])
    assert.is(
      await update(
        dns.keyFiles.mailrun,
        `update add ${name}.example.test 5 TXT "x"`,
        'send',
        `update delete ${name}.example.test TXT`,
      ),
      '',
      name,
    )
})

test('the secondary can be made to lag, keeps answering with what it had, and catches up', async () => {
  await lab.dnsUpdate(['update add lag.example.test 5 TXT "before"'])
  await until('lag.example.test TXT', '"before"', dns.secondary)
  await lab.secondaryLag(true)
  await lab.dnsUpdate(['update delete lag.example.test TXT', 'update add lag.example.test 5 TXT "after"'])
  await inHost('ns2', 'rndc refresh example.test; sleep 1')
  assert.is(await dig(dns.primary, 'lag.example.test TXT'), '"after"')
  assert.is(await dig(dns.secondary, 'lag.example.test TXT'), '"before"')
  await lab.secondaryLag(false)
  assert.is(await dig(dns.secondary, 'lag.example.test TXT'), '"after"')
})

test(
  'the resolver holds on to the answer that there is no such name, though it is there by now, ' + 'and lets go in time',
  async () => {
    for (let round = 0; ; round += 1) {
      const name = `late${round}._domainkey.example.test`
      const began = performance.now()
      assert.is(await dig(dns.resolver, `${name} TXT`), '')
      await lab.dnsUpdate([`update add ${name} 5 TXT "here"`])
      assert.is(await dig(dns.primary, `${name} TXT`), '"here"')
      const held = await dig(dns.resolver, `${name} TXT`)
      // On a slow machine the 5 s that it is held may be over before it is asked.
      if (performance.now() - began > 4000 && round < 10) continue
      assert.is(held, '')
      return until(`${name} TXT`, '"here"', dns.resolver)
    }
  },
)

const SPF = (address: string, address6: string): string => `"v=spf1 ip4:${address} ip6:${address6} -all"`

test(
  'mail of domains without records reaches the receiver, over IPv4 and IPv6, ' +
    'and all three verifiers say that there is nothing',
  async () => {
    for (const to of ['b@receiver.test', 'b@six.receiver.test']) {
      const mail = await sent('mx1', { from: 'a@fleet.test', to, via: 'sendmail' })
      assert.equal(resultsOf(mail), { spf: ['none', 'none'], dkim: ['none'], dmarc: ['none'] })
      assert.match(mail.header('Received')[0] ?? '', /from mx1\.fleet\.test \(mx1\.fleet\.test \[/)
    }
  },
)

test('SPF passes for the host that the record names, and fails for another; DMARC follows', async () => {
  const { subnet } = await lab.labStatus()
  const six = (await inHost('mx1', "ip -6 -o addr show dev host0 scope global | awk '{print $4}'")).replace('/64', '')
  await lab.dnsUpdate(['update delete fleet.test TXT', `update add fleet.test 5 TXT ${SPF(`${subnet}.11`, six)}`])
  await lab.dnsUpdate(['update delete example.test TXT', 'update add example.test 5 TXT "v=spf1 ip4:192.0.2.1 -all"'])
  for (const domain of ['fleet.test', 'example.test'])
    await lab.dnsUpdate([`update add _dmarc.${domain} 5 TXT "v=DMARC1; p=reject"`])
  await lab.secondaryLag(false)
  await lab.flushResolver()
  for (const to of ['b@receiver.test', 'b@six.receiver.test']) {
    assert.equal(resultsOf(await sent('mx1', { from: 'a@fleet.test', to, via: 'smtp' })), {
      spf: ['pass', 'pass'],
      dkim: ['none'],
      dmarc: ['pass'],
    })
    assert.equal(resultsOf(await sent('mx1', { from: 'a@example.test', to, via: 'smtp' })), {
      spf: ['fail', 'fail'],
      dkim: ['none'],
      dmarc: ['fail'],
    })
  }
  // SPF speaks of the envelope: without alignment it does not help.
  assert.equal(
    resultsOf(
      await sent('mx1', { from: 'a@fleet.test', headerFrom: 'a@example.test', to: 'b@receiver.test', via: 'sendmail' }),
    ).dmarc,
    ['fail'],
  )
})

const dkim = (): Promise<RunDocument> =>
  new Promise((resolve, reject) => {
    const args = [
      MAIN,
      'playbooks/dkim.ts',
      '-i',
      inventoryWithoutDns(lab.inventoryPath),
      '--limit',
      'mx1',
      '--format',
      'json',
    ]
    execFile(process.execPath, args, { cwd: ROOT, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      error === null ? resolve(JSON.parse(stdout) as RunDocument) : reject(new Error(`${stdout}${stderr}`)),
    )
  })

test(
  'after playbooks/dkim.ts and its records, ' +
    'mail that a program, SMTP or submission hands in passes SPF, DKIM and DMARC',
  async () => {
    const outputs = (await dkim()).hosts.flatMap(
      ({ outputs }) => outputs['dns'] as readonly { readonly name: string; readonly value: string }[],
    )
    assert.is(outputs.length, 2)
    const strings = (value: string): string => (value.match(/.{1,255}/g) ?? []).map((part) => `"${part}"`).join(' ')
    for (const { name, value } of outputs)
      assert.is(await update(dns.keyFiles.mailrun, `update add ${name} 5 TXT ${strings(value)}`), '')
    await lab.secondaryLag(false)
    await lab.flushResolver()
    await inHost('mx1', "postconf -M 'submission/inet=submission inet n - y - - smtpd' && postfix reload 2>&1")
    const { subnet } = await lab.labStatus()
    await lab.dnsUpdate([
      'update delete example.test TXT',
      `update add example.test 5 TXT "v=spf1 ip4:${subnet}.11 -all"`,
    ])
    for (const via of ['sendmail', 'smtp', 'submission'] as const) {
      for (const domain of ['fleet.test', 'example.test']) {
        const mail = await sent('mx1', { from: `a@${domain}`, to: 'b@receiver.test', via })
        assert.equal(resultsOf(mail), { spf: ['pass', 'pass'], dkim: ['pass'], dmarc: ['pass'] }, `${domain} by ${via}`)
        assert.is(mail.results('dkim')[0]?.properties['header.d'], domain)
        assert.is(mail.results('dkim')[0]?.properties['header.s'], 'mx1')
      }
    }
  },
)

test('a revoked key fails at the receiver once the cache has let go', async () => {
  await update(
    dns.keyFiles.mailrun,
    'update delete mx1._domainkey.fleet.test TXT',
    'update add mx1._domainkey.fleet.test 5 TXT "v=DKIM1; p="',
  )
  await lab.secondaryLag(false)
  await lab.flushResolver()
  const [verdict] = (await sent('mx1', { from: 'a@fleet.test', to: 'b@receiver.test', via: 'smtp' })).results('dkim')
  assert.not.equal(verdict?.result, 'pass')
})

test("a bounce goes to the sender's domain, where SPF is asked for the name that the host greets with", async () => {
  await lab.dnsUpdate(['update add mx1.fleet.test 5 TXT "v=spf1 a -all"'])
  await lab.secondaryLag(false)
  await lab.flushResolver()
  const to = `bounced-${Date.now()}@example.test`
  await lab.sendMail('mx1', { from: to, to: 'nobody@parked.test', via: 'sendmail' })
  const bounce = await lab.receivedMail((mail) => mail.header('Delivered-To')[0] === to, PATIENCE_MS)
  assert.equal(bounce.header('Return-Path'), ['<>'])
  for (const { result, properties } of bounce.results('spf'))
    assert.equal([result, properties['smtp.helo']], ['pass', 'mx1.fleet.test'])
})

test('a message arrives as it was handed in, dots and all', async () => {
  for (const via of ['sendmail', 'smtp'] as const) {
    const body = `.\n..\n.dot\nSubject: in the body\n\nend ${via}`
    const mail = await sent('mx1', {
      from: '',
      headerFrom: 'root@mx1.fleet.test',
      to: 'b@receiver.test',
      via,
      subject: 'dots',
      body,
    })
    assert.ok(mail.raw.endsWith(`\n\n${body}\n`), mail.raw)
    assert.equal(mail.header('Subject'), ['dots'])
  }
})

test('what nobody listens for is reported, not waited for', async () => {
  await rejects(
    lab.sendMail('mx2', { from: 'a@fleet.test', to: 'b@receiver.test', via: 'submission' }),
    /mx2 did not take the message by submission: nothing listens on port 587/,
  )
  await rejects(
    lab.sendMail('mx1', { from: "a'$(id)@fleet.test", to: 'b@receiver.test', via: 'sendmail' }),
    /a mail address is wanted/,
  )
  await rejects(
    lab.receivedMail(() => false, 1),
    /the receiver got no such message within 1 ms; it has \d+:/,
  )
})

async function rejects(promise: Promise<unknown>, wanted: RegExp): Promise<void> {
  const message = await promise.then(
    () => 'nothing was thrown',
    (error: Error) => error.message,
  )
  assert.match(message, wanted)
}

test(
  'a dead secondary and a primary made again are corrected; the mail hosts keep their names, ' +
    'a new one gets its own, a removed one loses it',
  async () => {
    await lab.hostStop('ns2')
    await lab.labReset(['ns1'])
    assert.is(await dig(dns.primary, 'mx1.fleet.test A'), await lab.address('mx1'))
    await lab.labUp({ size: 3, tools: false, wire: undefined })
    for (const server of [dns.primary, dns.secondary]) {
      assert.is(await dig(server, 'mx1.fleet.test A'), await lab.address('mx1'))
      assert.is(await dig(server, `-x ${await lab.address('mx3')}`), 'mx3.fleet.test.')
      assert.is(await dig(server, 'lag.example.test TXT'), '')
    }
    await lab.labUp({ size: 2, tools: false, wire: undefined })
    for (const server of [dns.primary, dns.secondary]) assert.is(await dig(server, 'mx3.fleet.test A'), '')
  },
)

test.run()
