// OpenDKIM's files, keys and socket change under a stream of mail: no fault reaches the service, or it is undone; no
// message is lost, unsigned or answered with 451. Has a lab of its own.
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import {
  activationDown,
  activationUp,
  DOMAINS,
  FILES,
  FIRST,
  inMx1,
  invocation,
  KEY,
  LEFT,
  none,
  NONE,
  run,
  SECOND,
  signsBy,
  SOCKET,
  reported,
} from './activation-host.ts'
import { duringStream } from './mail-stream.ts'
import { nameLab } from './own-lab.ts'

nameLab('activation')
const test = suite('lab: activation of OpenDKIM')

test.before(activationUp)
test.after(activationDown)

const DROP_INS = '/etc/systemd/system/opendkim.service.d'
/** From now on OpenDKIM's service does not see the path. */
const hidden = (path: string): string => `printf '[Service]\nInaccessiblePaths=${path}\n' > ${DROP_INS}/hidden.conf
systemctl daemon-reload`
const UNSIGNED = String.raw`fleet\.test: it is answered with tempfail, wanted is a signature with selector hidden`

test('a fault that shows only in the service itself is undone, and it signs as before', async () => {
  const path = '/etc/dkimkeys/fleet.test/hidden.private'
  await inMx1([KEY(path), `mkdir -p ${DROP_INS}`, hidden(path)].join('\n'))
  assert.is((await run({ restart: 'plain' })).code, 0)
  const before = [await invocation(), await inMx1(FILES)]
  const { code, error } = await run({ active: { 'fleet.test': 'hidden' } })
  assert.is(code, 3, error)
  assert.match(
    error,
    new RegExp(
      `OpenDKIM runs, but does not sign as it should.*${UNSIGNED}|` +
        String.raw`${UNSIGNED}[\s\S]*does not sign as it should`,
    ),
  )
  assert.match(error, /OpenDKIM has its former files again, and signs as before/)
  assert.equal([await invocation(), await inMx1(FILES)], before)
  assert.is(await inMx1(LEFT), '')
  assert.equal(await signsBy(), FIRST)
  assert.is((await run()).code, 0)
})

test('a configuration that the running service cannot load is undone', async () => {
  await inMx1(`mkdir -p /etc/extra
echo 192.0.2.9 > /etc/extra/peers
${hidden('/etc/extra')}`)
  assert.is((await run({ restart: 'plain' })).code, 0)
  const before = [await invocation(), await inMx1(FILES)]
  const { code, error } = await run({ extra: 'PeerList /etc/extra/peers' })
  assert.is(code, 3, error)
  assert.match(error, /OpenDKIM did not take the new configuration[\s\S]*\/etc\/extra\/peers[\s\S]*signs as before/)
  assert.equal([await invocation(), await inMx1(FILES)], before)
  assert.equal(await signsBy(), FIRST)
  await inMx1(`rm -r ${DROP_INS}/hidden.conf /etc/extra; systemctl daemon-reload`)
  assert.is((await run()).code, 0)
})

test('tables and keys change by reload under a stream of mail', async () => {
  const before = await invocation()
  const figures = await duringStream('mx1', DOMAINS, async () => {
    for (const trusted of ['192.0.2.1', '192.0.2.2']) assert.is((await run({ trusted: [trusted] })).code, 0)
    for (const active of [SECOND, FIRST, SECOND]) {
      const { code, error, changes } = await run({ trusted: ['192.0.2.2'], active })
      assert.is(code, 0, error)
      assert.equal(changes, ['KeyTable: content', 'SigningTable: content', 'reload'])
    }
  })
  reported('reloads and key switches', figures)
  assert.equal(none(figures), NONE)
  assert.is(await invocation(), before)
  assert.equal(Object.keys(figures.selectors).sort(), ['mx1', 'second'])
  assert.equal(await signsBy(), SECOND)
  assert.is((await run({ trusted: ['192.0.2.2'] })).host.status, 'ok')
  assert.is(await inMx1(LEFT), '')
})

const INET = 'inet:8899@127.0.0.1'
test('a socket changes there and back under a stream of mail, and a drop-in has it restarted', async () => {
  const before = await invocation()
  const submission = 'submission inet n - y - - smtpd -o smtpd_milters=unix:opendkim/opendkim.sock'
  await inMx1(`postconf -M 'submission/inet=${submission}'\nsystemctl restart postfix`)
  const moveAndRestart = async (): Promise<void> => {
    for (const socket of [INET, SOCKET]) {
      const { code, error, changes } = await run({ socket })
      assert.is(code, 0, error)
      assert.equal(changes.slice(-1), [
        'restart: Socket is read at a start only, its unit is hardened differently; ' +
          'a second instance signs meanwhile; ' +
          'Postfix asks it there (smtpd_milters, non_smtpd_milters, submission/inet smtpd_milters)',
      ])
    }
    await inMx1(`mkdir -p ${DROP_INS}
printf '[Service]\nNice=5\n' > ${DROP_INS}/nice.conf`)
    const mainCf = 'sha256sum /etc/postfix/main.cf; stat -c %y /etc/postfix/main.cf'
    const before = await inMx1(mainCf)
    const { code, error } = await run()
    assert.is(code, 0, error)
    assert.is(await inMx1(mainCf), before)
  }
  const figures = await duringStream('mx1', DOMAINS, moveAndRestart, [25, 587])
  reported('three restarts', figures)
  assert.equal(none(figures), NONE)
  assert.is.not(await invocation(), before)
  assert.is(
    await inMx1('postconf -h smtpd_milters non_smtpd_milters'),
    'unix:opendkim/opendkim.sock\nunix:opendkim/opendkim.sock',
  )
  assert.is((await run()).host.status, 'ok')
  assert.is(await inMx1(LEFT), '')
})

test.run()
