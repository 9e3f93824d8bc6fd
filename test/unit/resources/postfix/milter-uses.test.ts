// Who asks which milter, read as Postfix reads it.
import * as assert from 'uvu/assert'
import { milterUses } from '../../../../src/resources/milters/milter-uses.ts'
import { suite } from '../../../suite.ts'
import { instance, MASTER, sources } from './host.ts'

const test = suite('milter uses')

const asked = (main: Readonly<Record<string, string>>, master?: string): readonly string[] =>
  milterUses(sources(main, master)).map(({ service, item }) => `${service} ${item}`)
const items = (value: string, more: Readonly<Record<string, string>> = {}): readonly string[] =>
  asked({ smtpd_milters: value, ...more }).map((each) => each.replace('smtp/inet ', ''))

test('names are followed in each form of postconf(5), through parameters of users, too', () => {
  const main = { dkim_milter: 'inet:localhost:8891', port: '8891', both: '$dkim_milter, unix:b' }
  assert.equal(items('$dkim_milter', main), ['inet:localhost:8891'])
  assert.equal(items('${dkim_milter} $(dkim_milter)', main), ['inet:localhost:8891', 'inet:localhost:8891'])
  assert.equal(items('inet:localhost:$port', main), ['inet:localhost:8891'])
  assert.equal(items('inet:a:${ port }', main), ['inet:a:8891'])
  assert.equal(items('$both inet:c:1', main), ['inet:localhost:8891', 'unix:b', 'inet:c:1'])
  assert.equal(items('inet:$$x:1$none'), ['inet:$x:1'])
})

test('conditions choose what counts', () => {
  const main = { on: 'yes', a: '3', empty: '' }
  assert.equal(items('${on?inet:a:1}${off?inet:b:2}', main), ['inet:a:1'])
  assert.equal(items('${on:inet:a:1} ${off:inet:b:2}', main), ['inet:b:2'])
  assert.equal(items('${empty?{inet:a:1}:{inet:b:2}}', main), ['inet:b:2'])
  assert.equal(items('${{$a} == {3} ? {inet:a:1} : {inet:b:2}}', main), ['inet:a:1'])
  assert.equal(items('${{$a} > {10} ? {inet:a:1} : {inet:b:2}}', main), ['inet:b:2'])
  assert.equal(items('${{$on} != {yes} ? {inet:a:1}}', main), [])
})

test('options of a service count before main.cf, wherever main.cf refers to them', () => {
  const master = `${MASTER}
submission inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_milters=$submission_milters
# what is between them does not end the line

  -o { milter_default_action = reject }
  -osmtpd_x=y -v -n sub -o dkim=unix:own
587 inet n - - - - smtpd -o dkim=inet:c:3
10025 inet n - y - - smtpd -o receive_override_options=no_header_body_checks,no_milters
off inet n - y - - smtpd -o smtpd_milters=DISABLE
none inet n - y - - smtpd -o smtpd_milters=
braced inet n - n - - smtpd {-o} { smtpd_milters = inet:d:4 }
`
  const main = { smtpd_milters: '$dkim', dkim: 'inet:a:1', submission_milters: '$dkim, inet:b:2' }
  assert.equal(asked(main, master), [
    'smtp/inet inet:a:1',
    'submission/inet unix:own',
    'submission/inet inet:b:2',
    '587/inet inet:c:3',
    'braced/inet inet:d:4',
  ])
  const uses = milterUses(sources(main, master))
  assert.equal(
    uses.map(({ action, chroot, through }) => [action, chroot, through.join(' ')]),
    [
      ['tempfail', true, 'smtpd_milters dkim'],
      ['reject', false, 'smtpd_milters submission_milters dkim'],
      ['reject', false, 'smtpd_milters submission_milters'],
      ['tempfail', false, 'smtpd_milters dkim'],
      ['tempfail', false, 'smtpd_milters'],
    ],
  )
})

test('mail of sendmail(1) and bounces passes the milters of the cleanup that it is handed to', () => {
  const main = { non_smtpd_milters: 'inet:a:1' }
  assert.equal(asked(main), ['cleanup/unix inet:a:1'])
  const pickup = (option: string) => MASTER.replace('1       pickup', `1       pickup -o ${option}`)
  assert.equal(asked(main, pickup('receive_override_options=no_milters')), [])
  const bounces = { ...main, internal_mail_filter_classes: 'notify, bounce' }
  assert.equal(asked(bounces, pickup('receive_override_options=no_milters')), ['cleanup/unix inet:a:1'])
  const other = `${pickup('cleanup_service_name=local')}
local unix n - y - 0 cleanup -o non_smtpd_milters=inet:b:2`
  assert.equal(asked(main, other), ['local/unix inet:b:2'])
})

test('items in braces have a default action of their own', () => {
  const uses = milterUses(
    sources({
      milter_default_action: '$action',
      action: 'ACCEPT',
      smtpd_milters:
        '{ inet:a:1, default_action=reject connect_timeout=3s }{inet:b:2} , { unix:c {default_action = tempfail} }',
    }),
  )
  assert.equal(
    uses.map(({ endpoint, action }) => [endpoint.kind, action]),
    [
      ['refused', 'accept'],
      ['unix', 'tempfail'],
    ],
  )
})

test('where a milter is: chroot, relative paths, what Postfix cannot use, what cannot be known', () => {
  const main = {
    smtpd_milters: [
      'unix:opendkim/o.sock unix:/run/o.sock local:/var/run/../run/o.sock inet:[::1]:8891 inet:LOCALHOST:8891',
      'inet:8891 inet6:[::1]:8891 nonsense $smtpd_tls_x:1 { unix:a',
    ].join(' '),
  }
  const master = (chroot: string) => `smtp inet n - ${chroot} - - smtpd`
  const at = (chroot: string, more = {}) =>
    milterUses(sources({ ...main, ...more }, master(chroot))).map(({ endpoint: { kind, ...rest } }) =>
      'path' in rest ? rest.path : 'host' in rest ? `${rest.host} ${rest.port}` : kind,
    )
  const rest = ['::1 8891', 'localhost 8891', 'localhost 8891', 'refused', 'refused', 'unknown', 'refused']
  assert.equal(at('n'), ['/var/spool/postfix/opendkim/o.sock', '/run/o.sock', '/run/o.sock', ...rest])
  const inside = '/var/spool/postfix'
  assert.equal(at('y'), [`${inside}/opendkim/o.sock`, `${inside}/run/o.sock`, `${inside}/var/run/o.sock`, ...rest])
  assert.is(at('-')[1], '/run/o.sock')
  assert.is(at('-', { compatibility_level: '0' })[1], `${inside}/run/o.sock`)
  assert.is(at('n', { queue_directory: '/srv/q' })[0], '/srv/q/opendkim/o.sock')
})

test('tables by clients, and lists that lead to themselves, are reported as not known', () => {
  const kinds = (main: Readonly<Record<string, string>>) =>
    milterUses(sources(main)).map(({ endpoint }) => endpoint.kind)
  assert.equal(kinds({ smtpd_milter_maps: 'cidr:/etc/postfix/m' }), ['unknown'])
  assert.equal(kinds({ smtpd_milters: '$a', a: '$b', b: '$a' }), ['unknown'])
  assert.equal(kinds({ smtpd_milters: '${a' }), ['unknown'])
})

test('services that are disabled ask nobody; other instances ask, too', () => {
  const main = { smtpd_milters: 'inet:a:1', non_smtpd_milters: 'inet:b:2' }
  assert.equal(asked({ ...main, master_service_disable: '!pickup/unix inet' }), ['cleanup/unix inet:b:2'])
  const other = instance({ smtpd_milters: 'inet:c:3' }, MASTER, '/etc/postfix-out')
  const uses = milterUses(sources(main, MASTER, [other, { directory: '/etc/postfix-x', unread: 'x' }]))
  assert.equal(
    uses.map((use) => `${use.instance} ${use.item}`),
    ['/etc/postfix inet:a:1', '/etc/postfix inet:b:2', '/etc/postfix-out inet:c:3'],
  )
})

test.run()
