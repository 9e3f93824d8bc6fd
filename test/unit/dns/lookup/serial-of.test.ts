// Which version of a zone is newer.
import * as assert from 'uvu/assert'
import { isNewer } from '../../../../src/dns/lookup/serial-of.ts'
import { suite } from '../../../suite.ts'

const test = suite('dns/serial')

test('serials go round (RFC 1982)', () => {
  assert.ok(isNewer(2, 1) && isNewer(0, 0xffff_ffff) && isNewer(2026112500, 2026112499))
  assert.not.ok(isNewer(1, 1) || isNewer(1, 2) || isNewer(0xffff_ffff, 0))
})

test.run()
