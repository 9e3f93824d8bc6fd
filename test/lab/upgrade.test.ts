// A host that mailrun 0.1.0 set up is brought over by one run: predicted by a check, with one restart under cover, and
// with every message signed, whatever instant it is killed at: at some of them here, at all in `npm run test:kill`. Has
// a lab of its own.
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { project, type Project } from '../unit/cli/mailrun.ts'
import { DOMAINS, inMx1, LEFT, NONE, none, reported as tell } from './activation-host.ts'
import {
  AS_0_1_0,
  CHANGEABLE,
  changesOf,
  dkimOfMx1,
  OURS,
  OWN,
  OWNERS,
  SIGNED,
  reported,
  type Ran,
} from './key-owners-host.ts'
import { duringStream } from './mail-stream.ts'
import { nameLab } from './own-lab.ts'

nameLab('upgrade')
const lab = await import('../../lab/index.ts')
const test = suite('lab: a fleet of version 0.1.0')

let here: Project
const run = (...words: readonly string[]): Promise<Ran> => dkimOfMx1(here, lab.inventoryPath, words)
const STARTS = `journalctl -q --no-pager -o cat -u opendkim --since "@$(cat /root/since)" | grep -c '^Started '`

test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  here = project({})
  const first = await run()
  assert.is(first.error, undefined)
})
test.after(async () => {
  here.remove()
  await lab.labDown()
})

test('one run brings it over, as a check predicts, by one restart under cover', async () => {
  await inMx1(AS_0_1_0)
  const check = await run('--check')
  assert.ok(changesOf(check).some((change) => /^restart: .*a second instance signs meanwhile$/.test(change)))
  const figures = await duringStream('mx1', DOMAINS, async () => {
    await inMx1('date +%s > /root/since')
    const ran = await run()
    assert.is(ran.error, undefined)
    assert.equal(changesOf(ran), changesOf(check))
  })
  tell('brought over', figures)
  assert.equal(none(figures), NONE)
  assert.is(await inMx1(STARTS), '1')
  assert.equal([await inMx1(OWNERS), await inMx1(CHANGEABLE), await reported(OWN)], [OURS, '', SIGNED])
  assert.equal(changesOf(await run()), [])
})

const is = (format: string, path: string, value: string): string => `[ "$(stat -c %${format} ${path})" = ${value} ]`
const KEYS = '/etc/dkimkeys'
const STAGES: readonly (readonly [string, string])[] = [
  ['with the group made', 'getent group opendkim-keys >/dev/null'],
  ['with the daemon in it', 'getent group opendkim-keys | grep -q opendkim$'],
  ['while the files are tried', '[ -S /run/mailrun-opendkim-trial/opendkim.sock ]'],
  ['with Postfix pointed at the second instance', 'grep -q mailrun-cover /etc/postfix/main.cf'],
  ['once the first has been restarted', `[ "$(systemctl show -p InvocationID --value opendkim)" != "$was" ]`],
  ['once the directory has its group', is('G', KEYS, 'opendkim-keys')],
  ["once the directory is root's", is('U', KEYS, 'root')],
  ["once the directory of a domain is root's", is('U', `${KEYS}/${DOMAINS[0]}`, 'root')],
  ['once a key has its group', is('G', `${KEYS}/${DOMAINS[0]}/mx1.private`, 'opendkim-keys')],
  ['once a key has its mode', is('a', `${KEYS}/${DOMAINS[0]}/mx1.private`, '640')],
]
/** timeout(1) leads a process group of its own: the change in hand ends, and with it the run. */
const killer = (when: string): string => `i=0
rm -f /root/killed
was=$(systemctl show -p InvocationID --value opendkim)
until ${when}; do
  i=$((i + 1))
  [ "$i" -lt 5000 ] || exit
  sleep 0.003
done
i=0
until [ -e /root/killed ] || [ "$i" -gt 300 ]; do
  i=$((i + 1))
  for p in /proc/[0-9]*; do
    read -r c < $p/comm && [ "$c" = timeout ] && kill -9 -\${p#/proc/} && touch /root/killed
  done 2>/dev/null
done`
const armed = (when: string): string =>
  `echo ${Buffer.from(killer(when)).toString('base64')} | base64 -d > /root/killer
setsid sh /root/killer >/dev/null 2>&1 </dev/null &
sleep 0.3`

const CHOSEN = process.env['MAILRUN_KILLS'] === 'all' ? STAGES : STAGES.filter((_, index) => index % 5 === 3)

for (const [what, when] of CHOSEN)
  test(`killed ${what}, the next run ends it`, async () => {
    await inMx1(AS_0_1_0)
    const figures = await duringStream('mx1', DOMAINS, async () => {
      await inMx1(armed(when))
      const killed = await run()
      assert.is(await inMx1('test -e /root/killed && echo killed || echo not'), 'killed', killed.error)
      const next = await run()
      assert.is(next.error, undefined)
    })
    tell(what, figures)
    assert.equal(none(figures), NONE)
    assert.equal([await inMx1(OWNERS), await reported(OWN)], [OURS, SIGNED])
    assert.equal(changesOf(await run('--check')), [])
    assert.is(await inMx1(LEFT), '')
  })

/** What the tasks of 0.1.0 change of a host of this version, in their order. */
const STEPS_OF_0_1_0 = [
  `chown -h opendkim:opendkim ${KEYS}`,
  `chmod 00700 ${KEYS}`,
  ...DOMAINS.flatMap((domain) => [
    `chown -h opendkim:opendkim ${KEYS}/${domain}`,
    `chmod 00700 ${KEYS}/${domain}`,
    `chown -h opendkim:opendkim ${KEYS}/${domain}/mx1.private`,
    `chmod 0600 ${KEYS}/${domain}/mx1.private`,
  ]),
]

test('a run of 0.1.0 afterwards leaves it signing at every step, and this version corrects what that did', async () => {
  for (const step of STEPS_OF_0_1_0) {
    await inMx1(step)
    assert.is(await reported(OWN), SIGNED, step)
  }
  const figures = await duringStream('mx1', DOMAINS, async () => assert.is((await run()).error, undefined))
  tell('corrected', figures)
  assert.equal(none(figures), NONE)
  assert.is(await inMx1(OWNERS), OURS)
})

test.run()
