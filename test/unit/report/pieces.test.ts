// The small pieces of the reports: zone lines, widths, colours, names.
import * as assert from 'uvu/assert'
import { wantsColour } from '../../../src/report/write/colour.ts'
import { harmless, harmlessLine, lastState } from '../../../src/report/write/harmless.ts'
import { nameList } from '../../../src/report/write/name-list.ts'
import { fit, width } from '../../../src/report/write/width.ts'
import { characterStrings } from '../../../src/mail/formats/dns-text.ts'
import { recordsIn, zoneLines } from '../../../src/report/run/zone-lines.ts'
import { suite } from '../../suite.ts'

const test = suite('report/pieces')

test('a long TXT value becomes strings of at most 255 bytes that join to the value', () => {
  const value = `v=DKIM1; k=rsa; p=${'A'.repeat(500)}`
  const strings = characterStrings(value)
  assert.ok(strings.every((each) => each.length <= 257))
  assert.is(strings.map((each) => each.slice(1, -1)).join(''), value)
  assert.equal(characterStrings(''), ['""'])
  assert.is(characterStrings('x'.repeat(255)).length, 1)
  assert.is(characterStrings('x'.repeat(256)).length, 2)
})

test('quotes, backslashes and bytes outside ASCII are escaped as zone files want it', () => {
  assert.equal(characterStrings('a"b\\c;é\n'), ['"a\\"b\\\\c;\\195\\169\\010"'])
})

test('a record that is not known yet is a comment; other types stand as they are', () => {
  assert.equal(
    zoneLines([
      { name: 'a.test', type: 'TXT', value: null },
      { name: 'a.test.', type: 'MX', value: '10 mx.a.test.' },
    ]),
    ['; a.test. IN TXT is not known yet', 'a.test. IN MX 10 mx.a.test.'],
  )
})

test('what is no record is left out', () => {
  assert.equal(recordsIn([{ name: 'a' }, null, 3, { name: 'a', type: 'TXT', value: 'v' }]), [
    { name: 'a', type: 'TXT', value: 'v' },
  ])
  assert.equal(recordsIn('x'), [])
})

test('escapes vanish, other control characters are spelled out', () => {
  assert.is(harmless('\u001b[1;31mred\u001b[0m\u0007 a\tb\r\nc\u001b'), 'red\\x07 a  b\nc\\x1b')
  assert.is(lastState('10%\r20%\r'), '20%')
  assert.is(harmlessLine('mx2\rmx1\r'), 'mx2\\x0dmx1')
})

test('wide characters take two columns, marks none, colours none', () => {
  assert.is(width('日本'), 4)
  assert.equal(['⚡', '⭐', '⌚', '🀄', '😀', 'Ａ', '한'].map(width), [2, 2, 2, 2, 2, 2, 2])
  assert.equal(['🌡', '☎', '–', '…', 'ä', 'ｱ', '\ufe0f', '\u200d'].map(width), [1, 1, 1, 1, 1, 1, 0, 0])
  assert.is(width('e\u0301'), 1)
  assert.is(width('\u001b[31mred\u001b[39m'), 3)
  assert.is(fit('日本語', 5), '日本…')
  assert.is(fit('⚡⚡⚡', 5), '⚡⚡…')
  assert.is(fit(`a${'\u0301'.repeat(9)}bcd`, 3), `a${'\u0301'.repeat(9)}b…`)
  assert.is(fit('abc', 0), '')
})

test('NO_COLOR goes before FORCE_COLOR, FORCE_COLOR before the stream; TERM=dumb has no colour', () => {
  assert.is(wantsColour({}, true), true)
  assert.is(wantsColour({}, false), false)
  assert.is(wantsColour({ NO_COLOR: '1' }, true), false)
  assert.is(wantsColour({ NO_COLOR: '' }, true), true)
  assert.is(wantsColour({ NO_COLOR: '1', FORCE_COLOR: '1' }, true), false)
  assert.is(wantsColour({ FORCE_COLOR: '1' }, false), true)
  assert.is(wantsColour({ FORCE_COLOR: '0' }, true), false)
  assert.is(wantsColour({ TERM: 'dumb' }, true), false)
})

test('names are listed in full up to six', () => {
  assert.is(nameList(['a']), 'a')
  assert.is(nameList(['a', 'b', 'c']), 'a, b and c')
  assert.is(nameList([...'abcdefg']), 'a, b, c, d, e and 2 more')
})

test.run()
