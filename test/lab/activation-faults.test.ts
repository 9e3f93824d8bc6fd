// Each fault of keys, tables and configuration that would stop OpenDKIM's mail, or leave it unsigned, is refused before
// the service is touched. Has a lab of its own.
import * as assert from 'uvu/assert'
import { OPENDKIM_GATE } from '../../src/signers/opendkim/activation/gate.ts'
import { suite } from '../suite.ts'
import { activationDown, activationUp, FILES, FIRST, inMx1, invocation, LEFT, run, signsBy } from './activation-host.ts'
import { nameLab } from './own-lab.ts'

nameLab('activation-faults')
const test = suite('lab: activation of OpenDKIM, faults')

test.before(activationUp)
test.after(activationDown)

/** Makes a key one that OpenDKIM takes. */
const owned = (path: string): string => `chown opendkim: ${path}
chmod 600 ${path}`
const POSTFIX_SPOILED = `cp -p /etc/postfix/main.cf /root/main.cf
echo "mynetworks = nonsense:" >> /etc/postfix/main.cf
mv /etc/postfix/dynamicmaps.cf /root
chmod 0600 /var/spool/postfix/pid 2>/dev/null
echo "command_directory = /nowhere" >> /etc/postfix/main.cf`
const POSTFIX_MENDED = `cp -p /root/main.cf /etc/postfix/main.cf
mv /root/dynamicmaps.cf /etc/postfix/
chmod 0755 /var/spool/postfix/pid`

/** Each passes opendkim -n; each would have all mail of a domain answered with 451, or unsigned. */
const FAULTS: readonly {
  readonly what: string
  readonly given: string
  readonly mended: string
  readonly vars?: object
  readonly message: RegExp
}[] = [
  {
    what: 'a key that others can read',
    given: 'chmod 0644 /etc/dkimkeys/fleet.test/mx1.private',
    mended: 'chmod 0640 /etc/dkimkeys/fleet.test/mx1.private',
    message: new RegExp(
      String.raw`mx1\._domainkey\.fleet\.test: /etc/dkimkeys/fleet\.test/mx1\.private is 0644: ` +
        'others can read or write it: .*RequireSafeKeys',
    ),
  },
  {
    what: "a key that is root's alone",
    given: 'chown root:root /etc/dkimkeys/fleet.test/mx1.private',
    mended: 'chgrp opendkim-keys /etc/dkimkeys/fleet.test/mx1.private',
    message: /user opendkim cannot read \/etc\/dkimkeys\/fleet\.test\/mx1\.private: Permission denied/,
  },
  {
    what: 'a key of a group that has postfix in it',
    given: 'adduser -q postfix opendkim-keys',
    mended: 'gpasswd -d postfix opendkim-keys',
    message: /mx1\.private is 0640, and its group opendkim-keys has postfix in it/,
  },
  {
    what: 'a directory that a group of several may write',
    given: 'adduser -q postfix opendkim-keys; chmod 0770 /etc/dkimkeys/fleet.test',
    mended: 'gpasswd -d postfix opendkim-keys; chmod 0750 /etc/dkimkeys/fleet.test',
    message: /\/etc\/dkimkeys\/fleet\.test is root:opendkim-keys 0770/,
  },
  {
    what: 'a missing key',
    given: 'mv /etc/dkimkeys/fleet.test/mx1.private /root/kept',
    mended: 'mv /root/kept /etc/dkimkeys/fleet.test/mx1.private',
    message: /there is no key \/etc\/dkimkeys\/fleet\.test\/mx1\.private: make it with dkimKey first/,
  },
  {
    what: 'an Ed25519 key',
    given: `openssl genpkey -algorithm ed25519 -out /etc/dkimkeys/fleet.test/ed.private
${owned('/etc/dkimkeys/fleet.test/ed.private')}`,
    mended: 'rm /etc/dkimkeys/fleet.test/ed.private',
    vars: { active: { 'fleet.test': 'ed' } },
    message: /ed\.private cannot be signed with: it is an ed25519 key, and OpenDKIM signs with RSA keys only/,
  },
  {
    what: 'a key that is none',
    given: `echo nonsense > /etc/dkimkeys/fleet.test/no.private
${owned('/etc/dkimkeys/fleet.test/no.private')}`,
    mended: 'rm /etc/dkimkeys/fleet.test/no.private',
    vars: { active: { 'fleet.test': 'no' } },
    message: /no\.private is there and holds no private key that can be used without a passphrase/,
  },
  {
    what: 'a switch to a key that is not there',
    given: ':',
    mended: ':',
    vars: { active: { 'fleet.test': 'gone' } },
    message: /gone\.private, which is to sign from now on, is no file/,
  },
  {
    what: 'a mode that signs nothing',
    given: ':',
    mended: ':',
    vars: { mode: 'v' },
    message: /opendkim\.conf: Mode v: it would sign nothing/,
  },
  {
    what: 'an algorithm that the keys are not for',
    given: ':',
    mended: ':',
    vars: { extra: 'SignatureAlgorithm ed25519-sha256' },
    message: /SignatureAlgorithm ed25519-sha256: keys are RSA/,
  },
  {
    what: 'a PidFile for which systemd waits in vain',
    given: ':',
    mended: ':',
    vars: { extra: 'PidFile /run/opendkim/other.pid' },
    message: /PidFile is \/run\/opendkim\/other\.pid, and systemd waits for \/run\/opendkim\/opendkim\.pid/,
  },
  {
    what: 'an unknown setting',
    given: ':',
    mended: ':',
    vars: { extra: 'Nonsense yes' },
    message: /opendkim -n: .*line 15/s,
  },
  {
    what: 'a file that only root can read',
    given: 'echo x > /root/peers; chmod 600 /root/peers',
    mended: 'rm /root/peers',
    vars: { extra: 'PeerList /root/peers' },
    message: /opendkim -n, as user opendkim: /,
  },
  {
    what: 'mail of this host that is not signed',
    given: ':',
    mended: ':',
    vars: { extra: 'PeerList 127.0.0.1' },
    message: new RegExp(
      String.raw`tried beside the one that runs, does not sign as it should:\n\s*` +
        String.raw`fleet\.test: it is (?:not signed|answered with)`,
    ),
  },
  {
    what: 'a Postfix that is configured wrongly, where it is to ask elsewhere',
    given: POSTFIX_SPOILED,
    mended: POSTFIX_MENDED,
    vars: { socket: 'inet:8899@127.0.0.1' },
    message: /postfix check: /,
  },
]
for (const { what, given, mended, vars = {}, message } of FAULTS) {
  test(`${what}: refused before the service is touched`, async () => {
    const before = [await invocation(), await inMx1(FILES)]
    await inMx1(given)
    try {
      const { code, error } = await run({ trusted: [`192.0.2.${Date.now() % 200}`], ...vars })
      assert.is(code, 3, error)
      assert.match(error, message)
    } finally {
      await inMx1(mended)
    }
    assert.equal([await invocation(), await inMx1(FILES)], before)
    assert.is(await inMx1(LEFT), '')
  })
}

/** The gate alone, on a set that the task itself would not write. */
const GATED: readonly {
  readonly what: string
  readonly keyTable: string
  readonly signingTable: string
  readonly message: RegExp
}[] = [
  {
    what: 'a line that leads to no key',
    keyTable: 'a example.test:mx1:/etc/dkimkeys/example.test/mx1.private',
    signingTable: '*@example.test b',
    message: /SigningTable:1: \*@example\.test leads to b, which the KeyTable has not/,
  },
  {
    what: 'a fourth field',
    keyTable: 'a example.test:mx1:/etc/dkimkeys/example.test/mx1.private:ed25519-sha256',
    signingTable: '*@example.test a',
    message: /KeyTable:1: a has 4 fields, domain:selector:path is wanted/,
  },
  {
    what: 'two fields',
    keyTable: 'a example.test:/etc/dkimkeys/example.test/mx1.private',
    signingTable: '*@example.test a',
    message: /KeyTable:1: a has 2 fields/,
  },
  {
    what: 'a key that is not there',
    keyTable: 'a example.test:mx1:/etc/dkimkeys/nothing',
    signingTable: '*@example.test a',
    message: /a: user opendkim cannot read \/etc\/dkimkeys\/nothing: No such file/,
  },
  {
    what: 'a key in a directory of others',
    keyTable: 'a example.test:mx1:/tmp/keys/k',
    signingTable: '*@example.test a',
    message: /a: \/tmp is 1777: others can write it/,
  },
  {
    what: 'a key of 512 bits',
    keyTable: 'a example.test:mx1:/etc/dkimkeys/short.private',
    signingTable: '*@example.test a',
    message: /short\.private has 512 bits/,
  },
  {
    what: 'an Ed25519 key',
    keyTable: 'a example.test:mx1:/etc/dkimkeys/other.private',
    signingTable: '*@example.test a',
    message: /other\.private is no RSA key that can be used without a passphrase/,
  },
]
const CONF = 'UserID opendkim\\nKeyTable file:/tmp/set/KeyTable\\nSigningTable refile:/tmp/set/SigningTable\\n'
/** Fails where the gate finds no fault. */
const gateOn = (keyTable: string, signingTable: string): string => `mkdir -p /tmp/keys /tmp/set
cp -p /etc/dkimkeys/example.test/mx1.private /tmp/keys/k
openssl genrsa -out /etc/dkimkeys/short.private 512 2>/dev/null
openssl genpkey -algorithm ed25519 -out /etc/dkimkeys/other.private
${owned('/etc/dkimkeys/short.private')}
${owned('/etc/dkimkeys/other.private')}
echo '${keyTable}' > /tmp/set/KeyTable
echo '${signingTable}' > /tmp/set/SigningTable
printf '${CONF}' > /tmp/set/conf
perl - '' /tmp/set/conf /tmp/set/check.conf 2>&1 <<'mailrun-perl' && exit 1
${OPENDKIM_GATE}mailrun-perl
rm -r /tmp/keys /tmp/set /etc/dkimkeys/short.private /etc/dkimkeys/other.private`
for (const { what, keyTable, signingTable, message } of GATED) {
  test(`${what} is found`, async () => {
    assert.match(await inMx1(gateOn(keyTable, signingTable)), message)
  })
}

test('after all of these it signs as before', async () => {
  assert.equal(await signsBy(), FIRST)
})

test.run()
