// Two spellings of one socket are one socket; two sockets are never one.
import * as assert from 'uvu/assert'
import { endpointOf, endpointOfSocket, sameSocket } from '../../../../src/resources/milters/endpoint.ts'
import { suite } from '../../../suite.ts'
import { HOST } from './host.ts'

const test = suite('endpoint')

const isOne = (milter: string, socket: string, chroot = false): boolean =>
  sameSocket(endpointOf(milter, { chroot, queueDirectory: '/var/spool/postfix' }), endpointOfSocket(socket, HOST), HOST)

test('Postfix and OpenDKIM write one socket in many ways', () => {
  for (const [milter, socket] of [
    ['unix:opendkim/o.sock', 'local:/var/spool/postfix/opendkim/o.sock'],
    ['local:/var/spool/postfix/opendkim/o.sock', 'unix:/var/spool/postfix//opendkim/o.sock'],
    ['unix:/var/run/opendkim/o.sock', 'local:/run/opendkim/o.sock'],
    ['unix:/run/opendkim/o.sock', '/run/opendkim/o.sock'],
    ['inet:localhost:8891', 'inet:8891@localhost'],
    ['inet:127.0.0.1:8891', 'inet:8891@localhost'],
    ['inet:[127.0.0.1]:8891', 'inet:8891@127.0.0.1'],
    ['inet:8891', 'inet:8891@[127.0.0.1]'],
    ['inet::8891', 'inet:8891@localhost'],
    ['inet:[::ffff:127.0.0.1]:8891', 'inet:8891@localhost'],
    ['inet:0.0.0.0:8891', 'inet:8891@localhost'],
    ['inet:localhost:8891', 'inet6:8891@localhost'],
    ['inet:[::1]:8891', 'inet6:8891@localhost'],
    ['inet:[IPv6:0:0::1]:8891', 'inet6:8891@[::1]'],
    ['inet:ip6-localhost:8891', 'inet6:8891@::1'],
    ['inet6:[::1]:8891', 'inet6:8891@::1'],
    ['inet:mx1.example.org:8891', 'inet:8891'],
    ['inet:MX1:8891', 'inet:8891@mx1.example.org'],
    ['inet:192.0.2.7:8891', 'inet:8891@0.0.0.0'],
    ['inet:192.0.2.7:8891', 'inet6:8891'],
    ['inet:[2001:db8::7]:8891', 'inet6:8891'],
    ['inet:dkim.example.net:8891', 'inet:8891@dkim.example.net'],
  ] as const)
    assert.ok(isOne(milter, socket), `${milter} ${socket}`)
  assert.ok(isOne('unix:/opendkim/o.sock', 'local:/var/spool/postfix/opendkim/o.sock', true))
})

test('sockets that differ are distinguished', () => {
  for (const [milter, socket] of [
    ['unix:rspamd/o.sock', 'local:/var/spool/postfix/opendkim/o.sock'],
    ['unix:/opendkim/o.sock', 'local:/var/spool/postfix/opendkim/o.sock'],
    ['inet:localhost:8892', 'inet:8891@localhost'],
    ['inet:192.0.2.1:8891', 'inet:8891@localhost'],
    ['inet:192.0.2.1:8891', 'inet:8891'],
    ['inet:192.0.2.7:8891', 'inet:8891@localhost'],
    ['inet:[::1]:8891', 'inet:8891@localhost'],
    ['inet:[::1]:8891', 'inet:8891'],
    ['inet:127.0.0.1:8891', 'inet6:8891@localhost'],
    ['inet:mx1.example.org:8891', 'inet:8891@localhost'],
    ['inet:localhost:8891', 'local:/run/o.sock'],
    ['$smtpd_milters', 'inet:8891'],
    ['nonsense', 'inet:8891'],
  ] as const)
    assert.not.ok(isOne(milter, socket), `${milter} ${socket}`)
  assert.not.ok(isOne('unix:/run/o.sock', 'local:/run/o.sock', true))
})

test.run()
