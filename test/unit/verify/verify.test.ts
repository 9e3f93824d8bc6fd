// Judging what milters did and DNS says, where no host is needed to know what is right.
import { generateKeyPairSync } from 'node:crypto'
import { dkimSign } from 'mailauth/lib/dkim/sign.js'
import * as assert from 'uvu/assert'
import type { Authority } from '../../../src/dns/lookup/authority.ts'
import type { NameServer } from '../../../src/dns/lookup/name-server.ts'
import { dkimValue } from '../../../src/mail/records/dkim/record.ts'
import { filledTemplate, probeTemplate } from '../../../src/mail/messages/probe-message.ts'
import type { HostProof, SigningProof, Verdict } from '../../../src/mail/proof/proof.ts'
import { hostSigner } from '../../../src/signers/signers.ts'
import { milterSigning, type MilterAnswer } from '../../../src/signers/milter-sign.ts'
import { colours } from '../../../src/report/write/colour.ts'
import { noPolicy, policyDomain, UNPUBLISHED, UNSIGNED_OWN, unsigned } from '../../../src/mail/proof/causes.ts'
import { proofText } from '../../../src/report/proof/text.ts'
import { proveReverse, reverseName } from '../../../src/verify/reverse.ts'
import { proveSignatures } from '../../../src/verify/signature.ts'
import { proveSpf } from '../../../src/verify/spf.ts'
import { withUnpublished } from '../../../src/verify/unpublished.ts'
import { oneCause, proveSigning, signatureVerdict } from '../../../src/verify/signing.ts'
import { suite } from '../../suite.ts'
import { answerer, type Answers } from '../mail/zone-of-answers.ts'

const test = suite('verify')
const LOOK = { columns: undefined, paint: colours(false) }

/** Each server with answers of its own. */
function world(...servers: readonly Answers[]): Authority {
  const all = servers.map((_, index): NameServer => ({
    name: `ns${index + 1}`,
    addresses: [{ address: `192.0.2.${index + 1}`, port: 53 }],
  }))
  const reported = servers.map((answers) => answerer(answers))
  const authority: Authority = {
    serversOf: () => Promise.resolve({ servers: all, why: all.length === 0 ? 'nobody answers' : '' }),
    resolve: async (question, first) => reported[first === undefined ? 0 : all.indexOf(first)]!.resolve(question),
    walker: () => authority,
    of: () => authority,
  }
  return authority
}

const template = probeTemplate(new Date())
const message = filledTemplate(template, 'example.org', 'local', 'n')
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const spki = (key: typeof pair): string => key.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
/** @param headerList - of the header fields to sign, parted by colons. */
const signed = async (headerList?: string): Promise<string> => {
  const by = {
    signingDomain: 'example.org',
    selector: 's1',
    privateKey: pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    // Left out, mailauth takes the time twice: for what it signs, and for what it writes.
    signTime: new Date(),
  }
  // mailauth's type says a list, and its code wants a text.
  const names = headerList === undefined ? {} : { headerList: headerList as unknown as string[] }
  const { signatures } = await dkimSign(message, {
    ...by,
    ...names,
    signatureData: [by],
    canonicalization: 'relaxed/simple',
  })
  return `${signatures}${message}`
}
const key = (value: string): Answers => ({ 's1._domainkey.example.org TXT': [value] })

test('a signature is judged by each server, and servers that differ are named', async () => {
  const good = key(dkimValue(spki(pair)))
  const verdictBy = async (...servers: readonly Answers[]) =>
    signatureVerdict((await proveSignatures('example.org', await signed(), world(...servers)))[0]!)
  assert.is((await verdictBy(good, good)).id, 'signed')
  assert.match((await verdictBy(good, good)).what, 'd=example.org s=s1 rsa-sha256 2048, verified by 2 name servers')
  const stale = await verdictBy(good, {})
  assert.equal([stale.status, stale.id], ['fail', 'servers-differ'])
  assert.match(stale.what, 'ns2 (192.0.2.2): there is no record s1._domainkey.example.org')
  assert.is((await verdictBy({}, {})).id, 'no-key')
  assert.is((await verdictBy(key('v=DKIM1; p='))).id, 'key-revoked')
  assert.is(
    (await verdictBy(key(dkimValue(spki(generateKeyPairSync('rsa', { modulusLength: 2048 })))))).id,
    'key-differs',
  )
  assert.equal(await verdictBy(key('SERVFAIL')).then(({ status, id }) => [status, id]), ['unknown', 'dns-failed'])
  assert.equal(await verdictBy(good, key('SERVFAIL')).then(({ status, id }) => [status, id]), ['unknown', 'dns-failed'])
  assert.equal(await verdictBy().then(({ status, id, what }) => [status, id, what]), [
    'unknown',
    'no-name-server',
    'no name server can be asked for s1._domainkey.example.org: nobody answers',
  ])
})

const answer = (more: Partial<MilterAnswer>): MilterAnswer => ({
  milter: 'unix:opendkim/opendkim.sock',
  fields: [],
  others: [],
  verdict: 'accept',
  reply: '',
  ...more,
})
const judge = async (role: SigningProof['role'], milters: readonly MilterAnswer[], action = 'tempfail') =>
  (
    await proveSigning(
      { role, domain: 'example.org', milters },
      { parameters: { milter_default_action: action }, services: [], domains: [], own: undefined, sessions: [] },
      { template, nonce: 'n' },
      hostSigner({}),
      world({}),
    )
  ).verdict

test('what a milter did is reported as what it is', async () => {
  assert.is((await judge('local', [])).id, 'no-milter')
  assert.match((await judge('bounce', [])).what, 'non_smtpd_milters names no milter: bounces leave unsigned')
  assert.is((await judge('outsider', [])).id, 'outsider-unsigned')
  assert.match(
    (await judge('local', [answer({ unreached: 'x: Connection refused' })], 'accept')).what,
    /leaves unsigned \(milter_default_action = accept\)/,
  )
  assert.is((await judge('local', [answer({ verdict: 'tempfail' })])).id, 'milter-tempfail')
  assert.is((await judge('local', [answer({ verdict: 'reply', reply: '450 4.7.0 later' })])).id, 'milter-tempfail')
  assert.is((await judge('local', [answer({ verdict: 'reply', reply: '550 5.7.1 no' })])).id, 'milter-refused')
  assert.equal(await judge('outsider', [answer({ verdict: 'reject' })]).then(({ status, id }) => [status, id]), [
    'pass',
    'milter-refused',
  ])
  assert.is((await judge('submission', [answer({})])).id, 'unsigned')
  assert.is(
    (
      await judge('outsider', [
        answer({ fields: [{ index: 0, name: 'dkim-signature', value: ' v=1; d=example.org; s=s1; a=rsa-sha256' }] }),
      ])
    ).id,
    'outsider-signed',
  )
})

test('mail to many is to be signed with the fields of one-click unsubscription', async () => {
  const judged = async (role: SigningProof['role'], headers: readonly (readonly string[])[], own = '') => {
    const values = await Promise.all(headers.map((names) => signed(['From', 'Date', ...names].join(':'))))
    const fields = values.map((text) => ({
      index: 0,
      name: 'DKIM-Signature',
      value: text.slice('DKIM-Signature:'.length, text.indexOf('\r\nFrom:')),
    }))
    const { verdict, oneClick } = await proveSigning(
      { role, domain: 'example.org', milters: [answer({ fields })] },
      { parameters: {}, services: [], domains: own === '' ? ['example.org'] : [], own, sessions: [] },
      { template, nonce: 'n' },
      hostSigner({}),
      world(key(dkimValue(spki(pair)))),
    )
    assert.is(verdict.id, role === 'outsider' ? 'outsider-signed' : 'signed')
    return oneClick === undefined ? 'nothing' : `${oneClick.status} ${oneClick.id}: ${oneClick.what.split(':')[0]}`
  }
  const [uri, post] = ['List-Unsubscribe', 'List-Unsubscribe-Post']
  const unsigned = 'fail one-click-unsigned: no signature covers'
  for (const role of ['local', 'submission'] as const) {
    assert.is(await judged(role, [[uri, post]]), 'nothing')
    assert.is(await judged(role, [[uri]]), `${unsigned} ${post}`)
    assert.is(await judged(role, [[]]), `${unsigned} ${uri} and ${post}`)
  }
  assert.is(await judged('local', [[uri], [post, uri]]), 'nothing', 'one signature is enough')
  assert.is(await judged('bounce', [[uri]]), 'nothing', 'bounces go to one')
  assert.is(await judged('local', [[uri]], 'example.org'), 'nothing', "the host's own mail is none to many")
  assert.is(await judged('outsider', [[uri]]), 'nothing', 'it is to be unsigned')
})

test('the answer of the program on the host is read, whatever milters say', () => {
  const hex = (text: string): string => Buffer.from(text).toString('hex')
  const probe = milterSigning({
    signer: hostSigner({}),
    domains: ['example.org'],
    own: true,
    bounces: true,
    template,
    nonce: 'n',
  })
  const stdout = `set myhostname ${hex('mx1.example.org')}
domain example.org
service smtp/inet
session local example.org
milter ${hex('unix:a')}
insert 0 ${hex('DKIM-Signature')} ${hex(' v=1\n\tend\nverdict x')}
verdict reply ${hex('451 4.7.1 später')}
session outsider example.org
end
`
  assert.equal(probe.parse({ code: 0, stdout, stderr: '' }), {
    parameters: { myhostname: 'mx1.example.org' },
    services: ['smtp/inet'],
    domains: ['example.org'],
    own: undefined,
    sessions: [
      {
        role: 'local',
        domain: 'example.org',
        milters: [
          {
            milter: 'unix:a',
            fields: [{ index: 0, name: 'DKIM-Signature', value: ' v=1\n\tend\nverdict x' }],
            others: [],
            verdict: 'reply',
            reply: '451 4.7.1 später',
          },
        ],
      },
      { role: 'outsider', domain: 'example.org', milters: [] },
    ],
  })
  const problem = (code: number, said: string, stderr = '') => probe.parse({ code, stdout: said, stderr }).problem ?? ''
  assert.match(problem(0, 'no-perl\n'), 'perl-base')
  assert.match(problem(0, 'no-postfix\nend\n'), 'no Postfix')
  assert.match(problem(0, `set myhostname ${hex('a')}\nnot-root\n`), 'ansible_become')
  assert.match(problem(124, 'domain a\n'), 'in time')
  assert.match(problem(2, '', 'syntax error'), 'syntax error')
})

test(
  'an SPF record whose syntax is wrong authorizes nobody, whatever stands in it besides; ' +
    'one that is included counts as well',
  async () => {
    const of = (answers: Answers, address: string) =>
      proveSpf({ identity: 'mailfrom', domain: 'example.org', address, helo: 'mx1.example.org' }, world(answers))
    const own = await of({ 'example.org TXT': ['v=spf1 ip4:192.0.2.1 ip6:192.0.2.2 -all'] }, '192.0.2.1')
    assert.equal([own.result, own.verdict.id], ['permerror', 'spf-permerror'])
    assert.match(own.verdict.what, /example\.org: .*ip6:192\.0\.2\.2/)
    assert.is(
      (
        await of(
          {
            'example.org TXT': ['v=spf1 include:spf.example.net -all'],
            'spf.example.net TXT': ['v=spf1 ip4:192.0.2.1 exp=a.example.net exp=b.example.net'],
          },
          '192.0.2.1',
        )
      ).result,
      'permerror',
    )
    assert.is((await of({ 'example.org TXT': ['v=spf1 ~ip6:::/0 -all'] }, '2001:db8::1')).result, 'softfail')
    assert.is(
      (await of({ 'example.org TXT': ['v=spf1 ip4:192.0.2.1 -all', 'site=; v=spf1 nonsense'] }, '192.0.2.1')).result,
      'pass',
    )
  },
)

test('an address has a name that has the address', async () => {
  assert.is(reverseName('192.0.2.1'), '1.2.0.192.in-addr.arpa')
  assert.is(reverseName('2001:db8::1'), '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa')
  const six: Answers = {
    [`${reverseName('2001:db8::1')} PTR`]: ['mx1.example.org'],
    'mx1.example.org AAAA': ['2001:DB8:0::1'],
    'other.example.org AAAA': ['2001:db8::2'],
  }
  assert.is((await proveReverse('2001:db8::1', 'mx1.example.org', world(six))).verdict.id, 'fcrdns')
  assert.is((await proveReverse('2001:db8::1', 'other.example.org', world(six))).verdict.id, 'helo-not-confirmed')
  assert.is((await proveReverse('2001:db8::3', undefined, world(six))).verdict.id, 'no-ptr')
})

test('what hosts say cannot draw on a terminal, and the same problem is reported once', () => {
  const proof = (name: string): HostProof => ({
    name,
    status: 'fail',
    addresses: [],
    spf: [],
    dmarc: [],
    reverse: [],
    delivery: [],
    signing: [
      {
        domain: 'example.org',
        role: 'local',
        milters: [],
        signatures: [],
        verdict: { status: 'fail', id: 'milter-refused', what: 'it says \u001b[2Jno\u0007', advice: 'see' },
      },
    ],
  })
  const text = proofText([proof('mx1'), proof('mx2')], 1, LOOK)
  assert.not.match(text, /[\u0000-\u0009\u000b-\u001f]/)
  assert.is(text.match(/it says/g)?.length, 1)
  assert.match(text, 'fail  milter-refused  mx1 and mx2: example.org, local\n')
})

test('one cause is told once, with all places and with what clears them all', () => {
  const domains = ['a.example', 'b.example', 'mx1.a.example']
  const proof = (name: string): HostProof => ({
    name,
    status: 'fail',
    addresses: [],
    signing: [],
    reverse: [],
    delivery: [],
    spf: ['192.0.2.1', '2001:db8::1'].map((address) => ({
      identity: 'mailfrom',
      domain: 'a.example',
      address,
      result: 'none',
      verdict: {
        status: 'fail',
        id: 'spf-none',
        what: 'a.example has no SPF record',
        advice: `name ${address}`,
        cause: UNPUBLISHED,
      },
    })),
    dmarc: domains.map((domain) => {
      const cause = noPolicy(policyDomain(domain, domains))
      const what = `no DMARC record holds for ${domain}`
      return {
        domain,
        aligned: { dkim: [], spf: [] },
        verdict: { status: 'fail', id: 'dmarc-none', what, advice: cause.remedy, cause },
      }
    }),
  })
  const text = proofText([proof('mx1'), proof('mx2')], 1, LOOK)
  assert.equal(text.match(/^fail .*$/gm), [
    'fail  spf-none  mx1 and mx2: SPF of a.example',
    'fail  dmarc-none  mx1 and mx2: DMARC of a.example; DMARC of b.example; DMARC of mx1.a.example',
  ])
  assert.equal(text.match(/→ .*$/gm), [
    `→ ${UNPUBLISHED.remedy}`,
    '→ publish _dmarc.a.example',
    '→ publish _dmarc.b.example',
  ])
  assert.is(text.match(/no DMARC record holds for/g)?.length, 3)
  assert.match(proofText([{ ...proof('mx1'), spf: [], dmarc: proof('mx1').dmarc.slice(0, 1) }], 1, LOOK), 'a.example\n')
})

test('mailrun dns push is advised only where the inventory wants the record; else the record is told', async () => {
  const proofOf = async (domain: string): Promise<HostProof> => {
    const signatures = await proveSignatures('example.org', await signed(), world({}, {}))
    const spf = { identity: 'mailfrom', domain, address: '192.0.2.1', helo: 'mx1.example.org' } as const
    return {
      name: 'mx1',
      status: 'fail',
      addresses: [],
      signing: [
        { domain, role: 'local', milters: [], signatures, verdict: signatureVerdict(signatures[0]!) },
        { domain, role: 'submission', milters: [], signatures, verdict: signatureVerdict(signatures[0]!) },
      ],
      spf: [await proveSpf(spf, world({})), await proveSpf({ ...spf, address: '192.0.2.2' }, world({}))],
      dmarc: [],
      reverse: [],
      delivery: [],
    }
  }
  const proof = await proofOf('example.org')
  const told = (spf: boolean, key: boolean) =>
    proofText([withUnpublished(proof, { spf: () => spf, key: () => key })], 1, LOOK).match(/→ .*$/gm)
  const [name, other] = ['→ publish one that names 192.0.2.1', '→ publish one that names 192.0.2.2']
  const key = '→ publish it: verifiers take the mail as unsigned'
  assert.equal(told(false, false), [key, name, other])
  assert.equal(told(true, false), [key, `→ ${UNPUBLISHED.remedy}`])
  assert.equal(told(false, true), [key, name, other])
  assert.equal(told(true, true), [`→ ${UNPUBLISHED.remedy}`])
  const asked: string[] = []
  withUnpublished(proof, {
    spf: (domain) => asked.push(domain) > 0,
    key: (domain, selector) => asked.push(`${selector} ${domain}`) > 0,
  })
  assert.equal([...new Set(asked)].sort(), ['example.org', 's1 example.org'])
})

test('a host that signs nothing has one cause; one that signs all but its own mail has another', () => {
  const role = (domain: string, verdict: Verdict): HostProof['signing'][number] => ({
    domain,
    role: 'local',
    verdict,
    milters: [],
    signatures: [],
  })
  const none = (cause: Verdict['cause'] & {}): Verdict => ({ status: 'fail', id: 'unsigned', what: 'no', cause })
  const [all, own] = [none(unsigned('do it')), none(UNSIGNED_OWN)]
  const keys = (...verdicts: readonly Verdict[]): readonly (string | undefined)[] =>
    oneCause(verdicts.map((each, index) => role(`${index}.example`, each))).map(({ verdict }) => verdict.cause?.key)
  assert.equal(keys(all, own), ['unsigned', 'unsigned'])
  assert.equal(keys({ status: 'pass', id: 'signed', what: 'yes' }, own), [undefined, 'unsigned-own'])
  assert.equal(keys(own), ['unsigned-own'])
})

test('mail of a stranger that stays unsigned is said in plain words, with a legend and the number of checks', () => {
  const verdict = { status: 'pass', id: 'outsider-unsigned', what: 'mail of a stranger is not signed' } as const
  const text = proofText(
    [
      {
        name: 'mx1',
        status: 'pass',
        addresses: [],
        spf: [],
        dmarc: [],
        reverse: [],
        delivery: [],
        signing: [{ domain: 'example.org', role: 'outsider', milters: [], signatures: [], verdict }],
      },
    ],
    1,
    LOOK,
  )
  assert.match(text, /^mx1 +example\.org +- +- +unsigned /m)
  assert.not.match(text, 'outsider-unsigned')
  assert.match(text, /^local, submission, bounce: .* outsider: mail of strangers, which no key may sign\.$/m)
  assert.match(text, /^1 host: 1 pass; 1 check: 1 pass; in 1\.0 s$/m)
})

test.run()
