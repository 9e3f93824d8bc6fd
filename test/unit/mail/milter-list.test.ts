// Merging into Postfix's lists of milters.
import * as assert from 'uvu/assert'
import { mergedList } from '../../../src/mail/milter-list.ts'
import { suite } from '../../suite.ts'

const test = suite('milter list')
const OURS = 'unix:ours'
const merge = (is: string, superseded?: RegExp, values: Readonly<Record<string, string>> = {}): string =>
  mergedList({ is, wanted: OURS, superseded, valueOf: (name) => values[name] })

test('what is missing comes last; a list that has it stays as it is written', () => {
  assert.is(merge(''), OURS)
  assert.is(merge('inet:127.0.0.1:11332'), `inet:127.0.0.1:11332, ${OURS}`)
  assert.is(merge(`  ${OURS}   inet:a:1`), `  ${OURS}   inet:a:1`)
})

test('items in braces are kept whole, and count for the milter that stands first in them', () => {
  assert.is(merge('{ inet:a:1, default_action=accept }'), `{ inet:a:1, default_action=accept }, ${OURS}`)
  assert.is(merge(`{ ${OURS}, default_action=accept }`), `{ ${OURS}, default_action=accept }`)
})

test('a list that refers to one which has it needs no second: mail would be signed twice', () => {
  assert.is(merge('$smtpd_milters', undefined, { smtpd_milters: OURS }), '$smtpd_milters')
  assert.is(merge('${smtpd_milters}', undefined, { smtpd_milters: `inet:a:1, ${OURS}` }), '${smtpd_milters}')
  assert.is(merge('$smtpd_milters', undefined, { smtpd_milters: 'inet:a:1' }), `$smtpd_milters, ${OURS}`)
  assert.is(merge('$smtpd_milters', undefined, { smtpd_milters: '$smtpd_milters' }), `$smtpd_milters, ${OURS}`)
})

test('what is superseded goes, and nothing else', () => {
  assert.is(merge('inet:localhost:8892, inet:a:1', /:8892$/), `inet:a:1, ${OURS}`)
  assert.is(merge(`${OURS}, inet:localhost:8892`, /:8892$|ours/), OURS)
  assert.is(merge('{inet:localhost:8892, connect_timeout=10s}', /:8892$/), OURS)
})

test('parameters that name each other, and themselves, many times over are looked up once each', () => {
  const many = (...names: readonly string[]): string => names.map((name) => `$${name}`).join(' ')
  const crowd = `${many('a', 'b', 'c')} `.repeat(400)
  let asked = 0
  const merged = mergedList({
    is: crowd,
    wanted: OURS,
    superseded: undefined,
    valueOf(name) {
      asked += 1
      return name === 'c' ? `${crowd} ${OURS}` : crowd
    },
  })
  assert.is(merged, crowd)
  assert.is(asked, 3)
})

test.run()
