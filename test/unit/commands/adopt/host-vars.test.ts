// The vars that keep a host as it is: what it signs, by which selectors, where OpenDKIM listens, whom it trusts.
import * as assert from 'uvu/assert'
import { suite } from '../../../suite.ts'
import { MASTER } from '../../resources/postfix/host.ts'
import { adopted, postfixAnswer, valuesOf, type HostOptions } from './answering-host.ts'

const test = suite('vars of a host that signs already')

test('what is signed, its selectors, the socket, and its own name, which nobody signs', () => {
  const host = adopted({ signing: '*@example.org example.org\n*@example.net example.net\n' })
  assert.equal(valuesOf(host), {
    domains: ['example.org', 'example.net'],
    dkim_selectors: ['mail'],
    opendkim_socket: 'inet:8891@localhost',
    sign_host_name: false,
    outgoing_addresses: ['192.0.2.1'],
  })
  assert.equal([host.status, host.choices, host.left], ['adopted', [], []])
})

test('what a run would have without a var is left out', () => {
  const host = adopted({
    conf: 'Socket local:/var/spool/postfix/opendkim/opendkim.sock\n',
    trusted: '::1\nlocalhost\n',
    signing: '*@example.org example.org\n*@mx1.example.org example.org\n',
    parameters: { myhostname: 'mx1.example.org', internal_mail_filter_classes: 'bounce' },
  })
  assert.equal(Object.keys(valuesOf(host)), ['domains', 'dkim_selectors', 'outgoing_addresses'])
  assert.equal([host.choices, host.left], [[], []])
})

test('the milters’ default action and trusted hosts are carried over, what the vars do not take is reported', () => {
  const host = adopted({
    trusted: '10.1.0.0/16\n2001:db8::/32\n.example.org\nstar_*\n!10.1.0.9\n',
    parameters: { milter_default_action: 'accept' },
    postfix: postfixAnswer(
      { smtpd_milters: 'inet:127.0.0.1:11332, inet:localhost:8891' },
      `${MASTER}587 inet n - n - - smtpd -o milter_macro_daemon_name=ORIGINATING
  -o smtpd_milters=unix:/run/opendkim/opendkim.sock\n`,
    ),
    conf: 'Socket local:/run/opendkim/opendkim.sock\nMTA ORIGINATING\n',
  })
  assert.equal(host.choices, [{ name: 'drop_signing', value: ['client:MTA'], why: 'Mail that need not stay signed' }])
  assert.match(host.left.join('\n'), 'MTA says for more clients that their mail is signed')
  const { trusted_hosts: trusted, milter_default_action: action, opendkim_socket: socket } = valuesOf(host)
  assert.equal([trusted, action, socket], [['10.1.0.0/16', '2001:db8::/32', '.example.org'], 'accept', undefined])
  assert.match(host.left.join('\n'), 'OpenDKIM listens at local:/run/opendkim/opendkim.sock')
  assert.match(host.left.join('\n'), 'smtpd_milters asks inet:127.0.0.1:11332, then inet:localhost:8891')
})

test('a name in the inventory that is not the host’s own gives fqdn', () => {
  assert.is(valuesOf(adopted({ name: 'mx1' }))['fqdn'], 'mx1.example.org')
  assert.is(valuesOf(adopted({ name: '192.0.2.1' }))['fqdn'], 'mx1.example.org')
  assert.is(valuesOf(adopted())['fqdn'], undefined)
})

test('lines that domains do not stand for are reported, and offered as drop_signing', () => {
  const host = adopted({
    signing: [
      'news@example.org example.net',
      '*@example.org example.org',
      '*@*.example.org example.org',
      'info@example.org example.org',
      '',
    ].join('\n'),
  })
  assert.equal(valuesOf(host)['domains'], ['example.org'])
  assert.equal(host.choices, [
    { name: 'drop_signing', value: ['news@example.org'], why: 'Mail that need not stay signed' },
  ])
  assert.is(host.left.length, 1)
  assert.match(host.left[0] ?? '', 'mail from news@example.org is signed for example.net with the selector mail today')
})

test('a domain whose mail another domain signs for is none of domains', () => {
  const host = adopted({ signing: '*@example.org example.net\n*@example.net example.net\n' })
  assert.equal(valuesOf(host)['domains'], ['example.net'])
  assert.equal(host.choices[0]?.value, ['example.org'])
})

test('a selector keeps its spelling, one that is none is reported', () => {
  const keys = 'example.org example.org:Mail_2023:/k/a\nexample.net example.net:mail$:/k/b\n'
  const host = adopted({ keys })
  assert.equal(valuesOf(host)['dkim_selectors'], ['Mail_2023'])
  assert.match(host.left.join('\n'), 'example.net is signed with the selector mail$')
})

test('the inventory’s word stands: lists grow, and what differs is reported', () => {
  const host = adopted({
    said: { domains: ['example.com', 'example.org'], dkim_selector: 'mail', opendkim_socket: 'inet:8892@localhost' },
  })
  assert.equal(valuesOf(host), {
    domains: ['example.com', 'example.org', 'example.net'],
    sign_host_name: false,
    outgoing_addresses: ['192.0.2.1'],
  })
  assert.match(host.left.join('\n'), 'opendkim_socket is "inet:8891@localhost" today, and the inventory says otherwise')
})

test('a host that signs nothing, one that is not understood', () => {
  const idle = (host: HostOptions): readonly (string | undefined)[] => {
    const { status, error } = adopted(host)
    return [status, error?.split('; ').slice(0, -1).join('; ')]
  }
  assert.equal(idle({ signing: '', conf: SOCKET_ONLY }), ['unsigned', 'OpenDKIM signs for no domain'])
  assert.equal(idle({ today: undefined }), ['unsigned', 'OpenDKIM is not installed'])
  assert.equal(idle({ today: undefined, postfix: undefined }), [
    'unsigned',
    'neither Postfix nor OpenDKIM is installed',
  ])
  assert.match(adopted({ today: undefined }).error ?? '', 'put it into the group mail, with the domains')
  assert.match(idle({ today: undefined, packages: { rspamd: '3.4' } })[1] ?? '', /; rspamd is installed, and may sign/)
  const odd = adopted({ conf: `${SOCKET_ONLY}ExemptDomains ldap://ldap.example/x\n` })
  assert.is(odd.status, 'refused')
  assert.match(odd.error ?? '', /^\/etc\/opendkim\.conf:5: ExemptDomains is a data set of the type ldap:/)
  assert.equal(odd.vars, [])
})
const SOCKET_ONLY = 'Socket inet:8891@localhost\n'

test('where no line names a domain, its owner is asked for them', () => {
  const host = adopted({ signing: '*@* any\n', keys: 'any %:mail:/k/a\n' })
  assert.is(valuesOf(host)['domains'], undefined)
  assert.equal(
    host.choices.map(({ name, value }) => [name, value]),
    [
      ['domains', ['example.org']],
      ['drop_signing', ['*']],
    ],
  )
})

test('addresses that cannot be known are asked for', () => {
  const inside = adopted({ outgoing: { addresses: ['10.0.0.5'], relayhost: '' } })
  assert.is(valuesOf(inside)['outgoing_addresses'], undefined)
  assert.match(inside.choices[0]?.why ?? '', 'This host sends from 10.0.0.5, which is not its address outside')
})

test.run()
