// Which line of a SigningTable stands against a later one: as if each were compared with each.
import * as assert from 'uvu/assert'
import { patternsSoFar } from '../../../src/signers/opendkim/audit/earlier-patterns.ts'
import { matchesWild } from '../../../src/text/wild.ts'
import { randomOf } from '../../fuzz/random.ts'
import { suite } from '../../suite.ts'

const test = suite('earlier patterns')

const PATTERNS = [
  '*@example.org',
  '*@example.net',
  'root@example.org',
  'a@example.net',
  '*',
  '*@*',
  '*@*.example.org',
  'a@b@example.org',
  '*@b@example.org',
  '@example.org',
  'example.org',
  'r?ot@example.org',
  'a@sub.example.org',
  '',
]

test('each line finds the first that takes its mail for another key', () => {
  const random = randomOf(14)
  for (let round = 0; round < 300; round += 1) {
    const entries = random.list(12, (line) => ({
      pattern: random.pick(PATTERNS),
      key: random.pick(['k1', 'k2', 'k3']),
      line,
    }))
    const earlier = patternsSoFar()
    entries.forEach((entry, index) => {
      const wanted = entries
        .slice(0, index)
        .find(({ pattern, key }) => key !== entry.key && matchesWild(pattern, entry.pattern))
      assert.equal(earlier.take(entry), wanted, JSON.stringify(entries))
    })
  }
})

test.run()
