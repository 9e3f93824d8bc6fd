// A host that mailrun looks after is upgraded from Debian 12 to 13, as Debian's release notes say: keys are kept, mail
// is signed, a check tells what the upgrade changed, and a run corrects it. `npm run test:upgrade`. Has a lab of its
// own.
import * as assert from 'uvu/assert'
import { RELEASES, releaseFacts } from '../../lab/image/releases.ts'
import { suite } from '../suite.ts'
import { project, type Project } from '../unit/cli/mailrun.ts'
import { DOMAINS, inMx1, NONE, none, reported as tell } from '../lab/activation-host.ts'
import {
  CHANGEABLE,
  changesOf,
  dkimOfMx1,
  OURS,
  OWN,
  OWNERS,
  SIGNED,
  reported,
  type Ran,
} from '../lab/key-owners-host.ts'
import { duringStream } from '../lab/mail-stream.ts'

process.env['MAILRUN_LAB_NAME'] = 'release-upgrade'
const lab = await import('../../lab/index.ts')
const test = suite('lab: from one release to the next')
const [FROM, TO] = RELEASES

let here: Project
const run = (...words: readonly string[]): Promise<Ran> => dkimOfMx1(here, lab.inventoryPath, words)
const KEYS = 'sha256sum /etc/dkimkeys/*/*.private /etc/dkimkeys/*Table'
const VERSION = '. /etc/os-release; echo $VERSION_ID'

/** Answers as an administrator who keeps his own files (release notes, 4.5). */
const FULL_UPGRADE = `
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qqy -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold full-upgrade </dev/null \\
  >/root/upgrade.log 2>&1 || { tail -n 40 /root/upgrade.log; exit 1; }`

/** As one who answers the question of dpkg by "install the package maintainer's version". */
const PACKAGES_OWN_FILES = `
export DEBIAN_FRONTEND=noninteractive
apt-get -qqy -o Dpkg::Options::=--force-confask -o Dpkg::Options::=--force-confnew \\
  install --reinstall opendkim postfix </dev/null >/root/upgrade.log 2>&1 || { tail -n 40 /root/upgrade.log; exit 1; }`

let keys = ''
test.before(async () => {
  await lab.labUp({ size: 1, tools: false, wire: undefined, releases: [FROM] })
  here = project({}, 300)
  const first = await run()
  assert.is(first.error, undefined)
  assert.equal([await inMx1(VERSION), await reported(OWN)], [releaseFacts(FROM).version, SIGNED])
  keys = await inMx1(KEYS)
})
test.after(async () => {
  here.remove()
  await lab.labDown()
})

test(`${FROM} is upgraded to ${TO} by apt, and boots`, async () => {
  await lab.hostOfferRelease('mx1', TO)
  await inMx1(FULL_UPGRADE)
  await lab.hostReboot('mx1')
  assert.is(await inMx1(VERSION), releaseFacts(TO).version)
  assert.is(await inMx1(`systemctl is-active ${releaseFacts(TO).postfixUnit} opendkim`), 'active\nactive')
})

test('its keys are what they were, all mail is signed, and a check has nothing to tell', async () => {
  assert.equal([await inMx1(KEYS), await inMx1(OWNERS), await inMx1(CHANGEABLE)], [keys, OURS, ''])
  assert.is(await reported(OWN), SIGNED)
  const figures = await duringStream('mx1', DOMAINS, async () => {
    const ran = await run()
    assert.equal([ran.error, changesOf(ran)], [undefined, []])
  })
  tell('after the upgrade', figures)
  assert.equal(none(figures), NONE)
})

test('where its own files were given up for the packages, a check tells them, and a run corrects them', async () => {
  await inMx1(PACKAGES_OWN_FILES)
  const check = await run('--check')
  assert.is(check.error, undefined)
  const changes = changesOf(check)
  console.log(`    to correct: ${JSON.stringify(changes)}`)
  assert.ok(
    changes.some((change) => change.includes('opendkim.conf')),
    changes.join('\n'),
  )
  const ran = await run()
  assert.equal([ran.error, changesOf(ran)], [undefined, changes])
  assert.equal([await inMx1(KEYS), await inMx1(OWNERS), await reported(OWN)], [keys, OURS, SIGNED])
  assert.equal(changesOf(await run('--check')), [])
})

test.run()
