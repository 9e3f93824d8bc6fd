// The answer of the program that tells how a host signs: it is read, and what a hostile or broken host answers is an
// error in words or a setup that can be judged.
import * as assert from 'uvu/assert'
import { setupRules } from '../../../src/audit/rules/index.ts'
import { findAll } from '../../../src/findings/rule.ts'
import { ProbeError } from '../../../src/core/probe/probe.ts'
import { milterUses } from '../../../src/resources/milters/milter-uses.ts'
import { postfixSourcesOf } from '../../../src/resources/postfix/postfix-services.ts'
import { mailSetup } from '../../../src/signers/opendkim/setup/mail-setup.ts'
import { mutated } from '../../fuzz/mutate.ts'
import { randomOf } from '../../fuzz/random.ts'
import { suite } from '../../suite.ts'

const test = suite('probes/mail-setup')
const hex = (text: string): string => (text === '' ? '-' : Buffer.from(text).toString('hex'))
const TEXTS = {
  '/etc/opendkim.conf':
    '#\n\nKeyTable file:/etc/dkimkeys/KeyTable # x\r\n' +
    'SIGNINGTABLE refile:/etc/dkimkeys/SigningTable\nSocket local:/x\n',
  '/etc/dkimkeys/KeyTable': 'a._domainkey.example.org example.org:a:/etc/dkimkeys/a.private\n',
  '/etc/dkimkeys/SigningTable': '# x\n*@example.org   a._domainkey.example.org # x\n',
}
const LINES = [
  `package opendkim ${hex('2.11.0~beta2-8')}`,
  `unit LoadState ${hex('loaded')}`,
  `unit ActiveState ${hex('active')}`,
  `unit Type ${hex('forking')}`,
  `refused ${hex('opendkim: configuration error at line 8: unrecognized parameter')}`,
  `default SOCKET 20 ${hex('local:$RUNDIR/opendkim.sock')}`,
  `user ${hex('opendkim')}`,
  'in mail',
  `state ${hex('/etc/dkimkeys/KeyTable')} there`,
  `state ${hex('/etc/dkimkeys/SigningTable')} there`,
  `key ${hex('/etc/dkimkeys/a.private')} unreadable -`,
  `path f root root 0600 ${hex('/etc/dkimkeys/a.private')}`,
  `path d opendkim opendkim 0700 ${hex('/etc/dkimkeys')}`,
  'member opendkim opendkim',
  'member opendkim postfix',
  `set smtpd_milters ${hex('unix:opendkim/opendkim.sock')}`,
  `set config_directory ${hex('/etc/postfix')}`,
  'line smtpd_milters 40',
  'line smtpd_milters 50',
  `main smtpd_milters ${hex('$dkim')}`,
  `main dkim ${hex('unix:opendkim/opendkim.sock')}`,
  `master ${hex('smtp inet n - y - - smtpd\nx inet n - n - - smtpd -o smtpd_milters=\n')}`,
  `hosts ${hex('127.0.0.1 localhost\n')}`,
  `addresses ${hex('192.0.2.1\n')}`,
  `word ${hex('-p')}`,
  `word ${hex('inet:8892@localhost')}`,
  ...Object.entries(TEXTS).map(([path, text]) => `file ${hex(path)} text ${text.length}`),
  `file ${hex('/etc/dkimkeys/x')} unreadable ${hex('refused')}`,
  'texts',
  `${Object.values(TEXTS).join('')}`,
  'end',
  '',
]
const parse = (stdout: string, code = 0, stderr = '') => mailSetup.parse({ code, stdout, stderr })

test('it is read line by line', () => {
  const setup = parse(LINES.join('\n'))
  assert.equal(
    [setup.packages, setup.arguments, setup.user, setup.groups, setup.refused],
    [
      { opendkim: '2.11.0~beta2-8' },
      ['-p', 'inet:8892@localhost'],
      'opendkim',
      ['mail'],
      'opendkim: configuration error at line 8: unrecognized parameter',
    ],
  )
  assert.equal(
    setup.tables.map(({ name, kind, cut, rows }) => [name, kind, cut, rows]),
    [
      [
        'keytable',
        'file',
        false,
        [{ line: 1, text: 'a._domainkey.example.org example.org:a:/etc/dkimkeys/a.private' }],
      ],
      ['signingtable', 'refile', false, [{ line: 2, text: '*@example.org a._domainkey.example.org' }]],
    ],
  )
  assert.equal(
    setup.signing.map(({ pattern, line, selector, key }) => [pattern, line, selector, key]),
    [['*@example.org', 2, 'a', '/etc/dkimkeys/a.private']],
  )
  assert.equal(setup.keys, [{ path: '/etc/dkimkeys/a.private', state: 'unreadable', publicKey: '' }])
  assert.equal(
    [
      setup.members,
      setup.parameterLines,
      milterUses(postfixSourcesOf(setup.postfix!)).map(({ service, item }) => [service, item]),
    ],
    [
      { opendkim: ['opendkim', 'postfix'] },
      { smtpd_milters: [40, 50] },
      [['smtp/inet', 'unix:opendkim/opendkim.sock']],
    ],
  )
})

test('a host that cannot tell says why', () => {
  const problem = (stdout: string, code = 0, stderr = ''): string => parse(stdout, code, stderr).problem ?? ''
  assert.match(problem('no-perl\n'), 'perl-base')
  assert.match(problem('not-root\n'), 'ansible_become')
  assert.match(problem('package a -\n', 124), 'in time')
  assert.match(problem('', 255, 'syntax error'), 'syntax error')
})

test('spoilt answers are reported as errors of the question, or can be judged', () => {
  const words = LINES.flatMap((line) => line.split(' '))
  for (let seed = 1; seed <= 2000; seed += 1) {
    const stdout = mutated(randomOf(seed), LINES.join('\n'), words)
    try {
      findAll(setupRules({}), parse(stdout))
    } catch (error) {
      assert.instance(error, ProbeError, `seed ${seed}: ${String(error)}`)
    }
  }
})

test.run()
