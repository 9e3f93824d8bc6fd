// Which milters of a Postfix are dead, whom that stops, and what is no concern of it.
import * as assert from 'uvu/assert'
import { fact } from '../../../src/core/task/fact.ts'
import { UNKNOWN } from '../../../src/core/unknown.ts'
import { milterAnswers, type MilterAnswers } from '../../../src/resources/milters/milter-answers.ts'
import { postfixParameters } from '../../../src/resources/postfix/postfix-parameters.ts'
import { postfixServices } from '../../../src/resources/postfix/postfix-services.ts'
import type { OpendkimSetup } from '../../../src/signers/opendkim/setup/signing.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { planOf } from '../../../src/testing/plan-of.ts'
import { milters, type MiltersArgs } from '../../../tasks/milters.ts'
import { suite } from '../../suite.ts'
import { HOST, MASTER } from '../resources/postfix/host.ts'

const test = suite('milters')

type State = Parameters<ReturnType<typeof milters>['plan']>[0]

const hex = (text: string): string => Buffer.from(text).toString('hex')
const answered = (...lines: readonly string[]): MilterAnswers =>
  milterAnswers.parse({ code: 0, stdout: [...lines, 'end', ''].join('\n'), stderr: '' })
const RSPAMD = `inet ${hex('127.0.0.1')} ${hex('11332')}`
const REFUSED = `dead ${hex('Connection refused')}`

const setup = (socket: string): OpendkimSetup => ({
  installed: true,
  runs: true,
  ours: false,
  sources: { words: [], files: new Map([['/etc/opendkim.conf', { kind: 'text', text: `Socket ${socket}\n` }]]) },
  gone: [],
})
const SERVICES = { master: `${MASTER}\n`, host: HOST, instances: [] }
const host = (main: string, answers: MilterAnswers, more: Partial<State> = {}): State => ({
  answers,
  parameters: postfixParameters(undefined).parse({ code: 0, stdout: `${main}\0\0end`, stderr: '' }),
  services: SERVICES,
  setup: setup('inet:8891@localhost'),
  ...more,
})
const ONE = 'smtpd_milters = inet:127.0.0.1:11332\n'
const OPENDKIM = 'smtpd_milters = inet:localhost:8891\n'
const OURS: MiltersArgs = { opendkim: 'local:/var/spool/postfix/opendkim/opendkim.sock', defaultAction: 'tempfail' }
const DEAD_8891 = answered(`inet ${hex('localhost')} ${hex('8891')} ${REFUSED}`)

const CASES: readonly (readonly [string, MiltersArgs, State, readonly string[] | { readonly blocked: string }])[] = [
  [
    'no Postfix',
    {},
    { ...host('', answered()), parameters: { ...host('', answered()).parameters, installed: false } },
    [],
  ],
  ['one that answers', {}, host(ONE, answered(`${RSPAMD} alive`)), []],
  [
    'one that is dead, and Postfix defers',
    {},
    host(ONE, answered(`${RSPAMD} ${REFUSED}`)),
    {
      blocked:
        'Postfix asks the milter inet:127.0.0.1:11332 (smtp/inet, by smtpd_milters), which is dead: ' +
        'Connection refused; mail is deferred (451): start it, or take it out of smtpd_milters',
    },
  ],
  [
    'one that is dead, and mail passes',
    {},
    host(`${ONE}milter_default_action = accept\n`, answered(`${RSPAMD} ${REFUSED}`)),
    [],
  ],
  [
    'one that is dead, and mail would be deferred from now on',
    { defaultAction: 'tempfail' },
    host(`${ONE}milter_default_action = accept\n`, answered(`${RSPAMD} ${REFUSED}`)),
    { blocked: 'mail is deferred (451)' },
  ],
  [
    'one that is dead with a word of its own',
    { defaultAction: 'tempfail' },
    host('smtpd_milters = { inet:127.0.0.1:11332, default_action=accept }\n', answered(`${RSPAMD} ${REFUSED}`)),
    [],
  ],
  ['OpenDKIM where it listens now, which the playbook moves', OURS, host(OPENDKIM, DEAD_8891), []],
  [
    'OpenDKIM in a playbook that does not care for it',
    {},
    host(OPENDKIM, DEAD_8891),
    { blocked: 'inet:localhost:8891' },
  ],
  [
    'where another OpenDKIM listened once',
    OURS,
    host('smtpd_milters = inet:localhost:8892\n', answered(`inet ${hex('localhost')} ${hex('8892')} ${REFUSED}`)),
    { blocked: 'inet:localhost:8892' },
  ],
  [
    'a transport that Postfix has not',
    {},
    host('smtpd_milters = inet6:[::1]:11332\n', answered()),
    { blocked: 'Postfix has no transport inet6' },
  ],
  [
    'a transport that Postfix has not, which it rejects mail for no more than any other',
    { defaultAction: 'reject' },
    host('smtpd_milters = inet6:[::1]:11332\n', answered()),
    { blocked: 'mail is deferred (451): write it otherwise, or take it out' },
  ],
  [
    'an item at which processes of Postfix stop, whatever becomes of mail',
    { defaultAction: 'accept' },
    host('smtpd_milters = {}\n', answered()),
    { blocked: 'Postfix stops at the milter {} (smtp/inet, by smtpd_milters): its braces are empty; correct it in' },
  ],
  [
    'one of a service, from its chroot',
    {},
    host('', answered(`unix ${hex('/var/spool/postfix/run/x.sock')} dead ${hex('No such file or directory')}`), {
      services: {
        master: `${MASTER}submission inet n - y - - smtpd -o smtpd_milters=unix:/run/x.sock\n`,
        host: HOST,
        instances: [],
      },
    }),
    { blocked: 'unix:/run/x.sock (submission/inet, by smtpd_milters), which is dead: No such file or directory' },
  ],
  [
    'OpenDKIM, which others can ask, moves',
    OURS,
    host('', answered(), { setup: setup('inet:8891') }),
    { blocked: 'OpenDKIM listens at inet:8891, where other hosts can ask it' },
  ],
  [
    'OpenDKIM would listen where Postfix does not look',
    OURS,
    host('queue_directory = /srv/queue\n', answered()),
    { blocked: 'unix:opendkim/opendkim.sock below its queue_directory, which is /srv/queue' },
  ],
  [
    'OpenDKIM, written as it is to be, is not reached from a chroot',
    { opendkim: 'local:/run/opendkim.sock' },
    host(
      'smtpd_milters = unix:/run/opendkim.sock\n',
      answered(`unix ${hex('/var/spool/postfix/run/opendkim.sock')} dead ${hex('No such file or directory')}`),
    ),
    { blocked: 'No such file or directory (in a chroot: it looks for /var/spool/postfix/run/opendkim.sock)' },
  ],
  [
    'mail passes a dead one today',
    OURS,
    host(`${ONE}milter_default_action = accept\n`, answered(`${RSPAMD} ${REFUSED}`)),
    { blocked: 'milter_default_action: accept in the inventory leaves that so' },
  ],
  [
    'OpenDKIM signs nothing, but is asked where it is to leave, and lists cannot follow it',
    OURS,
    host(`${OPENDKIM}smtpd_milter_maps = cidr:/x\n`, DEAD_8891),
    { blocked: 'Postfix cannot follow, for smtp/inet asks by smtpd_milter_maps' },
  ],
  [
    'OpenDKIM stays where it is, written by another word',
    { opendkim: 'inet:8891@127.0.0.1' },
    host(`${OPENDKIM}smtpd_milter_maps = cidr:/x\n`, DEAD_8891),
    [],
  ],
]

test('a Postfix that cannot be read is no Postfix without milters', () => {
  const parameters = postfixParameters(undefined).parse({ code: 4, stdout: '', stderr: 'postconf: fatal: bad\n' })
  checkCase(milters, { args: {}, now: { ...host('', answered()), parameters }, expect: { blocked: 'bad' } })
})

const UNSEEN: readonly (readonly [string, State, RegExp])[] = [
  ['by a table', host('smtpd_milter_maps = cidr:/x\n', answered()), /was not seen: smtpd_milter_maps chooses/],
  [
    'nobody spoke to',
    host(ONE, answered()),
    /inet:127\.0\.0\.1:11332 \(smtp\/inet, .*none of those that could be asked/,
  ],
  ['not by root', host(ONE, answered('not-root')), /only root can ask as Postfix does/],
  ['an instance', host('multi_instance_directories = $x\n', answered()), /\$x of Postfix .*its name is no path/],
]
for (const [what, now, answerTo] of UNSEEN)
  test(`a milter that was not seen is reported: ${what}`, () => {
    const plan = planOf(milters({}), now, {})
    assert.match(plan.kind === 'ok' ? (plan.warning ?? '') : plan.kind, answerTo)
  })

test('what a change is about to write nobody could ask', () => {
  const changed = fact('path', '/etc/postfix/main.cf', { kind: 'absent' })
  const foreseen = milterAnswers.foresee(answered(), changed)!
  assert.equal(planOf(milters({}), host(ONE, foreseen), {}), { kind: 'ok' })
})
for (const [what, args, now, expect] of CASES) test(what, () => checkCase(milters, { args, now, expect }))

test('a dead one that mail passes is reported in every run', () => {
  const now = host(`${ONE}milter_default_action = accept\n`, answered(`${RSPAMD} ${REFUSED}`))
  const plan = planOf(milters({}), now, {})
  assert.match(
    plan.kind === 'ok' ? (plan.warning ?? '') : plan.kind,
    /which is dead: Connection refused; mail passes without it/,
  )
})

test('an answer that was cut short is none', () => {
  assert.throws(() => milterAnswers.parse({ code: 0, stdout: `${RSPAMD} alive\n`, stderr: 'killed' }), /killed/)
})

test('who is not root cannot ask as Postfix, and asks nobody', () => {
  assert.equal(answered('not-root'), { asked: false, answers: [] })
})

test('a master.cf that the package is about to bring is foreseen, another is not', () => {
  const brought = fact('path', '/etc/postfix/master.cf', {
    kind: 'file',
    owner: 'root',
    group: 'root',
    mode: '0644',
    sha256: UNKNOWN,
    mtime: UNKNOWN,
  })
  const services = { host: HOST, instances: [] }
  assert.ok(postfixServices.foresee({ ...services, master: undefined }, brought)?.master?.includes('smtpd'))
  assert.is(postfixServices.foresee({ ...services, master: `${MASTER}\n` }, brought), undefined)
})

test.run()
