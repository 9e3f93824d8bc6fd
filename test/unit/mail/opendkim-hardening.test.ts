// What OpenDKIM's unit is kept from: all that the host's own configuration does not need.
import * as assert from 'uvu/assert'
import { settingsOf } from '../../../src/signers/opendkim/files/conf.ts'
import { hardeningFor, hardeningText } from '../../../src/signers/opendkim/files/hardening.ts'
import { suite } from '../../suite.ts'

const test = suite('hardening of OpenDKIM')

const CONF = `Socket local:/var/spool/postfix/opendkim/opendkim.sock
PidFile /run/opendkim/opendkim.pid
KeyTable file:/etc/dkimkeys/KeyTable
UserID opendkim
`
const KEYS = ['/etc/dkimkeys/example.org/mx1.private']

function given(conf: string, keys: readonly string[] = KEYS): Readonly<Record<string, string>> {
  const hardening = hardeningFor(settingsOf(conf), keys)
  if ('unfit' in hardening) return { unfit: hardening.unfit }
  return Object.fromEntries(hardening.properties)
}

test('it runs as its user, without capabilities, and writes where its socket and its PID file are', () => {
  const is = given(CONF)
  assert.is(is['User'], 'opendkim')
  assert.is(is['Group'], undefined)
  assert.is(is['CapabilityBoundingSet'], '')
  assert.is(is['ReadWritePaths'], '-/var/spool/postfix/opendkim -/run/opendkim')
  assert.equal([is['ProtectSystem'], is['ProtectHome'], is['PrivateTmp']], ['strict', 'yes', 'yes'])
  assert.is(given(CONF.replace('UserID opendkim', 'UserID opendkim:mail'))['Group'], 'mail')
})

test('a socket of the network needs no directory', () => {
  assert.is(given(CONF.replace(/local:.*/, 'inet:8891@127.0.0.1'))['ReadWritePaths'], '-/run/opendkim')
})

test('what the configuration needs it keeps: keys in homes, files in /tmp', () => {
  assert.is(given(CONF, ['/home/dkim/mx1.private'])['ProtectHome'], 'read-only')
  assert.is(given(`${CONF}PeerList refile:/home/dkim/peers\n`)['ProtectHome'], 'read-only')
  assert.is(given(`${CONF}PeerList refile:/srv/home/peers\n`)['ProtectHome'], 'yes')
  assert.is(given(CONF.replace(/local:.*/, 'local:/tmp/opendkim/o.sock'))['PrivateTmp'], undefined)
})

test('a directory is named by what systemd takes as it stands, and never all of /run', () => {
  assert.is(given(CONF.replace(/local:.*/, 'local:/var/spool/a b/%i/o.sock'))['ReadWritePaths'], '-/run/opendkim')
  assert.is(
    given(CONF.replace('/run/opendkim/opendkim.pid', '/var/run/opendkim.pid'))['ReadWritePaths'],
    '-/var/spool/postfix/opendkim',
  )
})

test('a daemon that must be root is not hardened', () => {
  assert.match(given(CONF.replace(/UserID.*/, ''))['unfit'] ?? '', 'UserID names no user of its own')
  assert.match(given(CONF.replace('UserID opendkim', 'UserID root'))['unfit'] ?? '', 'UserID names no user of its own')
  assert.match(given(`${CONF}ChangeRootDirectory /srv/dkim\n`)['unfit'] ?? '', 'ChangeRootDirectory needs root')
})

test('the drop-in has a line for each', () => {
  const hardening = hardeningFor(settingsOf(CONF), KEYS)
  assert.ok('properties' in hardening)
  const lines = hardeningText(hardening).trimEnd().split('\n')
  assert.match(lines[0]!, /^# Written by mailrun/)
  assert.is(lines[1], '[Service]')
  assert.ok(lines.slice(2).every((line) => /^[A-Z][A-Za-z]+=/.test(line)))
  assert.ok(lines.includes('SystemCallFilter=~@privileged @resources'))
})

test.run()
