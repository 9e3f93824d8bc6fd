// Names of labs and of their links, flags that npm takes, mount points, trees and the digest of the recipe.
import * as assert from 'uvu/assert'
import { imageAt } from '../../../lab/image/image.ts'
import { openLab } from '../../../lab/lab.ts'
import { parseMountPoints } from '../../../lab/hosts/mounts.ts'
import { flagsTakenByNpm } from '../../../lab/npm-flags.ts'
import { imageDigest } from '../../../lab/image/recipe.ts'
import { RELEASES, parseReleases } from '../../../lab/image/releases.ts'
import { sourceLines } from '../../../lab/image/apt-sources.ts'
import { isLeftOver } from '../../../lab/image/build-image.ts'
import { statusText, type LabStatus } from '../../../lab/status.ts'
import { TEST_PACKAGES } from '../../../lab/image/test-packages.ts'
import { treeDifference, treeDigest } from '../../../lab/hosts/tree.ts'
import { suite } from '../../suite.ts'

const test = suite('lab: names and readers')

test('labs with different names share no link name, and link names fit 15 characters', () => {
  const [one, two] = [openLab('lab'), openLab('lab2')]
  assert.is.not(one.prefix, two.prefix)
  assert.ok(`${one.prefix}-210`.length <= 15)
})

test('a name that would escape the state directory is refused', () => {
  for (const name of ['../x', '', 'A', 'a b', '-x', 'x'.repeat(32)])
    assert.throws(() => openLab(name), /name is 1 to 31/)
})

test('each lab writes an inventory of its own, beside which no group_vars stand', () => {
  assert.match(openLab('lab').inventoryPath, /inventory\/lab\/lab\.yaml$/)
  assert.match(openLab('demo').inventoryPath, /inventory\/lab\/demo\.yaml$/)
})

test('flags that npm took are taken back, and refused where npm lost the value', () => {
  assert.equal(
    flagsTakenByNpm(
      {
        npm_lifecycle_event: 'lab',
        npm_config_rtt: '50',
        npm_config_release: 'bookworm,trixie',
        npm_config_tools: 'true',
        npm_config_internet: 'true',
        npm_config_python: 'true',
      },
      ['up', '4'],
    ),
    ['--rtt=50', '--release=bookworm,trixie', '--tools', '--internet', '--python'],
  )
  assert.equal(flagsTakenByNpm({ npm_lifecycle_event: 'lab', npm_config_name: 'demo' }, ['down']), ['--name=demo'])
  assert.throws(
    () => flagsTakenByNpm({ npm_lifecycle_event: 'lab', npm_config_rtt: 'true' }, ['up', '4', '50']),
    /write "--rtt=VALUE", or "npm run lab -- up … --rtt …"/,
  )
  assert.equal(flagsTakenByNpm({ npm_lifecycle_event: 'test', npm_config_name: 'demo' }, ['down']), [])
  assert.equal(flagsTakenByNpm({ npm_lifecycle_event: 'lab' }, ['down', '--name', 'demo']), [])
})

test(
  'Python comes on top of what mail hosts are made of, ' +
    'in layers that only they have, and makes other hosts of them',
  () => {
    const lab = openLab('lab')
    const [plain, python] = [
      imageAt(lab, 'image', { internet: 'net', python: undefined }),
      imageAt(lab, 'image', { internet: 'net', python: 'py' }),
    ]
    for (const profile of ['bare', 'postfix'] as const) {
      assert.equal(python.layers(profile).slice(1), plain.layers(profile))
      assert.match(python.layers(profile)[0]!, `image/python-py/${profile}`)
      assert.is.not(python.digestFor(profile), plain.digestFor(profile))
    }
    for (const profile of ['tools', 'dns', 'receiver'] as const) {
      assert.equal(python.layers(profile), plain.layers(profile))
      assert.is(python.digestFor(profile), plain.digestFor(profile))
    }
  },
)

test('mount points with spaces are read as they are', () => {
  const line = '36 35 98:0 / /a\\040b/c\\134d rw,noatime master:1 - ext3 /dev/root rw'
  assert.equal(parseMountPoints(`${line}\n`), ['/a b/c\\d'])
})

test('a tree differs when anything is new, gone or changed, and only then', () => {
  const before = new Map([
    ['/a', 'f 1'],
    ['/b', 'f 2'],
    ['/c', 'f 3'],
  ])
  const after = new Map([
    ['/a', 'f 1'],
    ['/b', 'f 9'],
    ['/d', 'f 4'],
  ])
  assert.equal(treeDifference(before, after), ['- /c (f 3)', '~ /b (f 2 -> f 9)', '+ /d (f 4)'])
  assert.is.not(treeDigest(before), treeDigest(after))
  assert.is(treeDigest(before), treeDigest(new Map(before)))
})

test('the digest of the recipe names a directory, another for each release', () => {
  for (const release of RELEASES) assert.match(imageDigest(release), new RegExp(`^${release}-[0-9a-f]{16}$`))
  assert.is(new Set(RELEASES.map((release) => imageDigest(release).slice(-16))).size, RELEASES.length)
})

test('the sweep of one release takes its former images, and those without a release, and spares others', () => {
  const [current, other] = [imageDigest('trixie'), imageDigest('bookworm')]
  const former = ['trixie-0123456789abcdef', '0123456789abcdef']
  const names = [current, other, ...former, 'bookworm-0123456789abcdef', 'apt', 'lock-trixie', 'trixie-notes']
  assert.equal(
    names.filter((name) => isLeftOver(name, 'trixie', current)),
    former,
  )
})

test('releases are read from a list, and a word that is none is refused', () => {
  assert.equal(parseReleases('trixie'), ['trixie'])
  assert.equal(parseReleases('trixie, bookworm'), ['trixie', 'bookworm'])
  for (const words of ['', 'sid', 'bookworm,', 'trixie,trixie', 'Trixie'])
    assert.throws(() => parseReleases(words), /wanted bookworm or trixie, or both with a comma between, got "/)
})

test("apt's sources of a release are its own, from the mirror of this machine", () => {
  const signed = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
  const archive = 'http://mirror.example/debian/'
  assert.is(
    sourceLines({ archive, security: 'http://mirror.example/debian-security/' }, 'trixie'),
    `deb ${signed} http://mirror.example/debian/ trixie main
deb ${signed} http://mirror.example/debian/ trixie-updates main
deb ${signed} http://mirror.example/debian-security/ trixie-security main
`,
  )
  assert.not.match(sourceLines({ archive, security: undefined }, 'trixie'), 'security')
})

test('the conffile of the canary differs between its versions, so that an upgrade can ask about it', () => {
  const texts = TEST_PACKAGES.filter(({ name }) => name === 'mailrun-canary').map(
    ({ files }) => files['etc/mailrun-canary.conf'],
  )
  assert.is(new Set(texts).size, 2)
})

test('status names the file of the sudo password only where a host asks for it', () => {
  const host = {
    name: 'mx1',
    profile: 'postfix',
    release: 'trixie',
    user: 'root',
    sudo: 'no',
    number: 11,
    address: '10.231.0.11',
    system: 'degraded',
    failed: ['x.service'],
  } as const
  const common: Omit<LabStatus, 'becomePasswordFile'> = {
    name: 'lab',
    size: 1,
    tools: false,
    subnet: '10.231.0',
    rttMs: 50,
    lossPercent: 0,
    releases: ['trixie'],
    images: {},
    hosts: [host],
    stateDir: '/s',
    inventoryPath: '/i',
    userKey: '/k',
  }
  assert.match(statusText({ ...common, becomePasswordFile: '/s/pw' }), 'sudo password  /s/pw')
  const text = statusText({ ...common, becomePasswordFile: undefined })
  assert.not.match(text, 'sudo password')
  assert.match(text, 'mx1  10.231.0.11  postfix  trixie  root  degraded x.service\n')
  assert.match(text, '50 ms round trip')
})

test.run()
