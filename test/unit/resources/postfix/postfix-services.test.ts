// What master.cf and the host's names are, answered and foreseen.
import * as assert from 'uvu/assert'
import { fact } from '../../../../src/core/task/fact.ts'
import { milterUses } from '../../../../src/resources/milters/milter-uses.ts'
import { postfixParameters } from '../../../../src/resources/postfix/postfix-parameters.ts'
import { MASTER_CF, postfixServices, postfixSources } from '../../../../src/resources/postfix/postfix-services.ts'
import { suite } from '../../../suite.ts'

const test = suite('probes/postfix-services')
const parameters = (text: string) => postfixParameters(undefined).parse({ code: 0, stdout: `${text}\0end`, stderr: '' })
const answered = (...parts: readonly string[]) =>
  postfixServices.parse({ code: 0, stdout: [...parts, 'end'].join('\0'), stderr: '' })
const ABSENT = answered('', 'mx1\n', '127.0.0.1 localhost\n', '127.0.0.1\n')
const file = fact('path', MASTER_CF, {
  kind: 'file',
  owner: 'root',
  group: 'root',
  mode: '0644',
  sha256: 'a'.repeat(64),
  mtime: '1',
})

test('services, names and addresses are read; other instances where main.cf names them', () => {
  const services = answered(
    'there\nsmtp inet n - n - - smtpd\n',
    'mx1\n',
    '127.0.0.1 localhost # x\n192.0.2.1 MX1.example.org mx1\n',
    '192.0.2.1\n6 20010db8000000000000000000000007\n',
    '/etc/postfix-out',
    'smtpd_milters = inet:c:3\n',
    'smtp inet n - n - - smtpd\n',
    '/srv/gone',
    'absent',
    '/srv/broken',
    '',
    'smtp inet n - n - - smtpd\n',
  )
  const named = '/etc/postfix-out, /srv/gone /srv/broken,$x/y'
  const main = `smtpd_milters = inet:a:1\nmulti_instance_directories = ${named}\nmyhostname = mx1.x\n`
  const sources = postfixSources(parameters(main), services)
  assert.equal(
    milterUses(sources).map(({ instance, item }) => `${instance} ${item}`),
    ['/etc/postfix inet:a:1', '/etc/postfix-out inet:c:3'],
  )
  assert.equal(sources.host.own, ['mx1', 'mx1.x'])
  assert.equal(sources.host.hosts.get('mx1.example.org'), ['192.0.2.1'])
  assert.equal([...sources.host.addresses], ['192.0.2.1', '2001:0db8:0000:0000:0000:0000:0000:0007'])
  assert.equal(
    sources.instances.map((each) => [each.directory, 'unread' in each ? each.unread : '']),
    [
      ['/etc/postfix-out', ''],
      ['/srv/broken', 'postconf(1) prints nothing about it'],
      ['$x/y', 'its name is no path, or there are 20 instances before it'],
    ],
  )
})

test('a fresh package is foreseen, what others write into master.cf is not', () => {
  const fresh = postfixServices.foresee(ABSENT, file)
  assert.ok(fresh !== undefined && fresh.master?.includes('smtp inet') === true)
  assert.equal(postfixServices.foresee(fresh, file), fresh)
  assert.is(postfixServices.foresee(answered('there\nsmtp inet n - y - - smtpd\n', '', '', ''), file), undefined)
  assert.is(postfixServices.foresee(fresh, fact('path', MASTER_CF, { kind: 'absent' }))?.master, undefined)
})

test.run()
