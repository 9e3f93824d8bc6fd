// Whoever asks a socket asks another one in its place, and nothing else changes.
import * as assert from 'uvu/assert'
import { endpointOfSocket } from '../../../../src/resources/milters/endpoint.ts'
import { movedMilters } from '../../../../src/resources/milters/moved-milters.ts'
import type { PostfixSources } from '../../../../src/resources/postfix/settings/sources.ts'
import { suite } from '../../../suite.ts'
import { HOST, instance, MASTER, sources } from './host.ts'

const test = suite('moved milters')
const TO = 'unix:opendkim/opendkim.sock'

const moved = (from: PostfixSources, to = TO, socket = 'inet:8891@localhost') =>
  movedMilters(from, [endpointOfSocket(socket, HOST)], to)
const of = (main: Readonly<Record<string, string>>, master?: string) => moved(sources(main, master))

test('an item is replaced where it is written, all else stays as it is', () => {
  assert.equal(of({ smtpd_milters: 'inet:a:1,  inet:127.0.0.1:8891 unix:b' }), {
    main: [['smtpd_milters', `inet:a:1,  ${TO} unix:b`]],
    master: [],
  })
  assert.equal(of({ smtpd_milters: '$dkim', non_smtpd_milters: '$smtpd_milters', dkim: 'inet:localhost:8891' }), {
    main: [['dkim', TO]],
    master: [],
  })
  assert.equal(of({ smtpd_milters: 'inet:$dkim_host:$port', dkim_host: 'localhost', port: '8891' }), {
    main: [['smtpd_milters', TO]],
    master: [],
  })
  assert.equal(of({ smtpd_milters: '{ inet:localhost:8891, default_action=accept }' }), {
    main: [['smtpd_milters', `{ ${TO}, default_action=accept }`]],
    master: [],
  })
  assert.equal(of({ smtpd_milters: '${x?{inet:a:1}:{inet:localhost:8891}} unix:b' }), {
    main: [['smtpd_milters', `\${x?{inet:a:1}:{${TO}}} unix:b`]],
    master: [],
  })
})

test('more services than are read are no reason to forget one of them', () => {
  const master = Array.from({ length: 2100 }, (_, n) => `192.0.2.${n}:25 inet n - n - - smtpd`).join('\n')
  const last = '\nsubmission inet n - n - - smtpd -o smtpd_milters=inet:localhost:8891'
  assert.match(
    'impossible' in of({ smtpd_milters: 'inet:a:1' }, master + last)
      ? JSON.stringify(of({ smtpd_milters: 'inet:a:1' }, master + last))
      : 'moved',
    /its services ask more than 2000 milters/,
  )
})

test('options of services are changed, too', () => {
  const master = `${MASTER}
submission inet n - y - - smtpd -o smtpd_milters=$submission_milters
smtps inet n - y - - smtpd -o { smtpd_milters = inet:a:1, inet:localhost:8891 }
x inet n - y - - smtpd -o dkim=inet:localhost:8891`
  assert.equal(of({ smtpd_milters: '$dkim', dkim: 'inet:b:2', submission_milters: 'inet:localhost:8891' }, master), {
    main: [['submission_milters', TO]],
    master: [
      ['smtps/inet', 'smtpd_milters', `inet:a:1,${TO}`],
      ['x/inet', 'dkim', TO],
    ],
  })
})

test('a socket is asked once', () => {
  assert.equal(of({ smtpd_milters: `inet:localhost:8891, unix:b, ${TO}` }), {
    main: [['smtpd_milters', `${TO}, unix:b`]],
    master: [],
  })
  assert.equal(of({ smtpd_milters: '$a, $b', a: 'inet:localhost:8891', b: 'inet:127.0.0.1:8891 unix:b' }), {
    main: [
      ['a', TO],
      ['b', `${TO} unix:b`],
      ['smtpd_milters', `${TO}, unix:b`],
    ],
    master: [],
  })
  assert.equal(of({ smtpd_milters: TO }), { main: [], master: [] })
  assert.equal(moved(sources({ smtpd_milters: 'inet:localhost:8891' }), 'inet:127.0.0.1:8891'), {
    main: [],
    master: [],
  })
})

test('where one value means several sockets, each service is reported by itself', () => {
  const master = MASTER + 'plain inet n - n - - smtpd'
  const from = sources({ smtpd_milters: 'unix:/opendkim/o.sock' }, master)
  assert.equal(moved(from, TO, 'local:/var/spool/postfix/opendkim/o.sock'), {
    main: [['smtpd_milters', TO]],
    master: [['plain/inet', 'smtpd_milters', 'unix:/opendkim/o.sock']],
  })
  const options = `{ inet:localhost:8891 ,, { default_action = accept }, connect_timeout=3s }`
  const service = `smtp inet n - n - - smtpd -o { smtpd_milters = inet:a:1 ${options} \${x? {unix:x}} }`
  assert.equal(of({}, service), {
    main: [],
    master: [['smtp/inet', 'smtpd_milters', `inet:a:1,{${TO},default_action=accept,connect_timeout=3s}`]],
  })
})

test('a parameter that is for something else, too, stays as it is', () => {
  const main = { smtpd_milters: '$dkim unix:b', dkim: 'inet:localhost:8891', smtpd_client_restrictions: 'x $dkim' }
  assert.equal(of(main), { main: [['smtpd_milters', `${TO}, unix:b`]], master: [] })
})

test('what cannot be known, or is shared, is no move', () => {
  const why = (result: ReturnType<typeof moved>): string => ('impossible' in result ? result.impossible : '')
  const main = { smtpd_milters: 'inet:localhost:8891' }
  assert.match(why(of({ ...main, smtpd_milter_maps: 'cidr:/m' })), /^smtp\/inet asks by smtpd_milter_maps: /)
  assert.match(
    why(of({ smtpd_milters: 'inet:$smtpd_x:8891' })),
    /mailrun does not know the value of inet:\$smtpd_x:8891/,
  )
  const other = instance(main, MASTER, '/etc/postfix-out')
  assert.match(
    why(moved(sources(main, MASTER, [other]))),
    /\/etc\/postfix-out of Postfix asks inet:localhost:8891, too/,
  )
  assert.equal(moved(sources(main, MASTER, [instance({}, MASTER, '/etc/postfix-out')])), {
    main: [['smtpd_milters', TO]],
    master: [],
  })
  assert.match(
    why(moved(sources(main, MASTER, [{ directory: '/x', unread: 'y' }]))),
    /\/x of Postfix cannot be read: y/,
  )
  assert.match(why(moved(sources(main), 'unix:/run/o.sock')), /smtp\/inet runs in a chroot/)
  const unchrooted = MASTER.replaceAll(' y ', ' n ')
  assert.equal(moved(sources(main, unchrooted), 'unix:/run/o.sock'), {
    main: [['smtpd_milters', 'unix:/run/o.sock']],
    master: [],
  })
})

test.run()
