// Merging into Postfix's lists.
import * as assert from 'uvu/assert'
import { mergedList } from '../../../../src/resources/postfix/settings/merged-list.ts'
import { suite } from '../../../suite.ts'

const test = suite('merged list')
const OURS = 'unix:ours'
const merge = (is: string, superseded?: RegExp, values: Readonly<Record<string, string>> = {}): string =>
  mergedList({ is, wanted: OURS, superseded, main: new Map(Object.entries(values)) })

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

test('parameters that name each other are no reason to add it twice', () => {
  const main = { a: '$b', b: '$a' }
  assert.is(merge('$a', undefined, main), `$a, ${OURS}`)
  assert.is(merge(`$a, ${OURS}`, undefined, main), `$a, ${OURS}`)
  assert.is(merge('{ inet:a:1', undefined), `${OURS}, { inet:a:1`)
})

test('a socket that is there by other words is there', () => {
  const merged = (is: string, wanted: string): string =>
    mergedList({ is, wanted, superseded: undefined, main: new Map([['host', '127.0.0.1']]) })
  for (const [is, wanted] of [
    ['unix:/var/spool/postfix/opendkim/o.sock', 'unix:opendkim/o.sock'],
    ['unix:/opendkim/o.sock', 'unix:opendkim/o.sock'],
    ['{ local:opendkim/o.sock, default_action=accept }', 'unix:opendkim/o.sock'],
    ['inet:localhost:8891', 'inet:127.0.0.1:8891'],
    ['inet:$host:8891', 'inet:127.0.0.1:8891'],
  ] as const)
    assert.is(merged(is, wanted), is)
  assert.is(merged('inet:[::1]:8891', 'inet:127.0.0.1:8891'), 'inet:[::1]:8891, inet:127.0.0.1:8891')
})

test.run()
