// What name servers' hosts are given is POSIX shell.
import { spawnSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { updatePart } from '../../../../src/dns/backends/bind-on-host/push-by-host.ts'
import { partsScript } from '../../../../src/dns/backends/host-parts.ts'
import { transaction } from '../../../../src/dns/backends/knot/push-by-knotc.ts'
import { wantedChange } from '../../../../src/dns/plan/wanted-change.ts'
import { framed } from '../../../../src/engine/trip/one-script.ts'
import { addressText } from '../../../../src/mail/formats/dns-text.ts'
import { suite } from '../../../suite.ts'
import { key, spf, strings, written } from '../mail-changes.ts'

const test = suite('dns/backends: on hosts')

test('the script for a name server host is POSIX shell, and whole or nothing', () => {
  const change = wantedChange(spf, { ttl: 60, rdata: [strings("it's $(x) `y` \\ MARK"), strings('v=spf1 -all')] })!
  const changes = [change, wantedChange(key, undefined)!]
  for (const parts of [
    changes.map((each) => updatePart(written(each), [addressText('127.0.0.1')], 'mailrun-mark')),
    changes.map((each) => transaction(written(each))),
  ]) {
    const script = framed('mailrun-mark', partsScript(parts, 'mailrun-mark'))
    assert.is(spawnSync('dash', ['-n'], { input: script }).status, 0, script)
    assert.is.not(spawnSync('dash', ['-n'], { input: script.slice(0, -3) }).status, 0)
  }
})

test.run()
