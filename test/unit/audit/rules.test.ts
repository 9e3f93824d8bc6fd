// Each rule of the audit on setups: what is well is not found, what is wrong is, with its file and line.
import * as assert from 'uvu/assert'
import { HOST_RULES, setupRules } from '../../../src/audit/rules/index.ts'
import type { Finding } from '../../../src/findings/finding.ts'
import { findAll } from '../../../src/findings/rule.ts'
import type { OpendkimMailSetup } from '../../../src/signers/opendkim/setup/mail-setup-answer.ts'
import { NO_SETUP } from '../../../src/signers/opendkim/setup/mail-setup.ts'
import { suite } from '../../suite.ts'
import { asRead, GOOD, host, KEY_PATH, PROOF } from './evidence.ts'
import { conf, keyIs, parameters, rows, service, tables, WRONG } from './wrong-setups.ts'

const test = suite('audit: rules')
const seen = new Set<string>()
const found = (setup: OpendkimMailSetup): readonly Finding[] => {
  const findings = findAll(setupRules({}), setup.configuration.path === '' ? setup : asRead(setup))
  for (const { id } of findings) seen.add(id)
  return findings
}
const idsOf = (setup: OpendkimMailSetup): readonly string[] => [...new Set(found(setup).map(({ id }) => id))].sort()

test('of what mailrun sets up nothing is found, nor of a setup that differs from it where that is well', () => {
  const well: readonly OpendkimMailSetup[] = [
    GOOD,
    conf((text) => text.replace('Mode sv', 'Mode s')),
    conf((text) => text.replace(/Socket .*/, 'Socket /var/spool/postfix/opendkim/opendkim.sock')),
    { ...GOOD, arguments: ['-x', '/etc/opendkim.conf', '-P', '/run/opendkim/opendkim.pid'] },
    { ...conf((text) => text.replace(/\nPidFile.*/, '')), arguments: ['-P/run/opendkim/opendkim.pid'] },
    { ...conf((text) => text.replace(/\nPidFile.*/, '')), unit: { ...GOOD.unit, Type: 'simple', PIDFile: '' } },
    keyIs({ mode: '0640' }),
    keyIs({ owner: 'root', group: 'opendkim', mode: '0640' }),
    { ...keyIs({}, { publicKey: '' }), openssl: false },
    tables('internalhosts', { kind: 'csl', path: '', rows: [{ line: 0, text: '127.0.0.1' }] }),
    tables('signingtable', { kind: 'file', rows: rows('example.org mx1._domainkey.example.org') }),
    tables('signingtable', {
      rows: rows('*@a.example.org mx1._domainkey.example.org', '*@example.org mx1._domainkey.example.org'),
    }),
    tables('keytable', { rows: rows(`mx1._domainkey.example.org %:mx1:${KEY_PATH}`) }),
    parameters({
      smtpd_milters: 'inet:localhost:11332, { unix:opendkim/opendkim.sock, default_action=tempfail }',
      internal_mail_filter_classes: '',
    }),
    parameters({ smtpd_milters: 'unix:/var/spool/postfix/opendkim/opendkim.sock' }),
    parameters({ smtpd_milters: '', non_smtpd_milters: '', milter_default_action: 'accept' }),
    service('127.0.0.1:10025/inet', { receive_override_options: 'no_header_body_checks, no_milters' }),
    service('127.0.0.1:10025/inet', { smtpd_milters: '' }),
    service('submission/inet', { smtpd_milters: 'inet:127.0.0.1:1, unix:opendkim/opendkim.sock' }),
    { ...NO_SETUP, packages: { postfix: '3.7.11', rspamd: '3.4' }, parameters: GOOD.parameters },
  ]
  for (const setup of well)
    assert.equal(
      idsOf(setup).filter((id) => id !== 'other-signer'),
      [],
      JSON.stringify(setup.settings),
    )
})

for (const [what, setup, ids, place] of WRONG) {
  test(`found: ${what}`, () => {
    assert.equal(idsOf(setup), ids)
    if (place !== undefined)
      assert.ok(
        found(setup).some(
          ({ subject }) => `${subject.path}${subject.line === undefined ? '' : `:${subject.line}`}` === place,
        ),
        JSON.stringify(found(setup).map(({ subject }) => subject)),
      )
  })
}

test('names and addresses under which a host sends are judged by what is proved of them', () => {
  const ids = (
    proof: Partial<typeof PROOF>,
    setup: OpendkimMailSetup,
    change: Parameters<typeof host>[0] = {},
  ): readonly string[] => {
    const findings = findAll(HOST_RULES, { ...host(change), setup: asRead(setup), proof: { ...PROOF, ...proof } })
    for (const { id } of findings) seen.add(id)
    return findings.map(({ id }) => id)
  }
  const none = { spf: PROOF.spf.filter(({ identity }) => identity !== 'helo') }
  const unsigned = tables('signingtable', { rows: rows('*@example.org mx1._domainkey.example.org') })
  assert.equal(ids({}, GOOD), [])
  assert.equal(ids({}, unsigned), [], 'SPF of the name covers it')
  assert.equal(ids(none, { ...unsigned, parameters: { ...GOOD.parameters, internal_mail_filter_classes: '' } }), [
    'bounces-unauthenticated',
    'origin-unauthenticated',
  ])
  assert.equal(
    ids(
      none,
      { ...unsigned, parameters: { ...GOOD.parameters, internal_mail_filter_classes: '' } },
      { own: 'mx1.example.org' },
    ),
    [],
    'the live signature tells',
  )
  assert.equal(ids({}, GOOD, { helo: 'other.example.org' }), ['helo-differs'])
  assert.equal(ids({}, GOOD, { listed: ['192.0.2.1'], routed: ['192.0.2.1', '2001:db8::1'] }), ['ip6-unlisted'])
  assert.equal(
    ids({}, GOOD, { listed: ['192.0.2.1'], routed: ['192.0.2.1', 'fd00::1'] }),
    [],
    'nobody outside sees that address',
  )
  assert.equal(
    ids({}, parameters({ inet_protocols: 'ipv4' }), { listed: ['192.0.2.1'], routed: ['192.0.2.1', '2001:db8::1'] }),
    [],
  )
})

test('every finding on setups was found here', () => {
  assert.equal(
    [...setupRules({}), ...HOST_RULES].map(({ id }) => id).filter((id) => !seen.has(id)),
    [],
  )
})

test.run()
