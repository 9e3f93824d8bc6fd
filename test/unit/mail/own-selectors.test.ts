// A host speaks for the selectors that the inventory gives it, and for no others, whatever it says.
import * as assert from 'uvu/assert'
import { ownBase, speaksFor, type OwnSelectors } from '../../../src/mail/fleet/own-selectors.ts'
import { datedSelectors, newSelectors } from '../../../src/mail/rotation/new-selector.ts'
import { givenSelectors, ownSelectors } from '../../../src/commands/mail-fleet/given-selectors.ts'
import { suite } from '../../suite.ts'

const speaks = (host: OwnSelectors, selector: string): boolean => speaksFor(host, 'example.org', selector)
const test = suite('mail/own-selectors')
const own = (first: string, more: Partial<OwnSelectors> = {}): OwnSelectors => ({
  domains: ['example.org'],
  first,
  further: [],
  others: [],
  ...more,
})

test('its first, what rotation makes of that, and those that are given besides', () => {
  const mx1 = own('mx1', { further: ['default', 'a.b'] })
  for (const selector of ['mx1', 'mx1-20270301', 'mx1-20270301b', 'default', 'a.b'])
    assert.ok(speaks(mx1, selector), selector)
})

test('in either case: DNS knows none', () => {
  const mx1 = own('mx1', { further: ['mail_2023'], others: ['mx1-20270302'] })
  for (const selector of ['MX1', 'Mx1-20270301B', 'Mail_2023', 'MAIL_2023']) assert.ok(speaks(mx1, selector), selector)
  assert.ok(speaksFor(mx1, 'Example.ORG', 'Mail_2023'))
  assert.not.ok(speaks(mx1, 'MX1-20270302'))
})

test('no others: those of other hosts, of services, patterns, and what is no selector', () => {
  for (const selector of [
    'mx2',
    'google',
    '*',
    '',
    'mx1-2027030',
    'mx1-20270301bb',
    'mx1-20270301-20270302',
    'mx10-20270301',
    'mx1.example',
    'mx1;',
    '(',
    'mx1-20270301\n',
    'x'.repeat(70_000),
  ])
    assert.not.ok(speaks(own('mx1'), selector), selector.slice(0, 20))
})

test('nor for another domain', () => {
  assert.not.ok(speaksFor(own('mx1'), 'example.net', 'mx1'))
})

test('each name that a rotation makes is one of its own', () => {
  for (const first of ['mx1', 'mx1-20260901c', 'a.b', 'x'.repeat(63), `${'x'.repeat(52)}-y`])
    for (const selector of newSelectors(first, 1_803_859_200)) assert.ok(speaks(own(first), selector), selector)
})

test('a name that the inventory gives to another host is not one that rotation may make', () => {
  const mx1 = own('mx1', { others: ['mx1-20270301'] })
  assert.not.ok(speaks(mx1, 'mx1-20270301'))
  // The other would make the same names as well: each goes by its whole name then.
  assert.is(ownBase(own('mail-20260101', { others: ['mail-20260202'] })), 'mail-20260101')
  assert.not.ok(speaks(own('mail-20260101', { others: ['mail-20260202'] }), 'mail-20270301'))
  const [made] = datedSelectors(ownBase(own('mail-20260101', { others: ['mail-20260202'] })), 1_803_859_200)
  assert.ok(speaks(own('mail-20260101', { others: ['mail-20260202'] }), made!), made)
})

test('an inventory tells who else has selectors, where they have a domain in common', () => {
  const host = (name: string, vars: Readonly<Record<string, unknown>>) => ({
    name,
    vars: new Map(Object.entries(vars).map(([key, value]) => [key, { value, where: 'inventory.yaml:1' }])),
  })
  const given = givenSelectors([
    host('mx1.example.org', { domains: ['example.org'] }),
    host('MX2.example.org', { domains: ['Example.org'], dkim_selectors: ['default'] }),
    host('mx3.example.net', { domains: ['example.net'] }),
    host('mx4.example.org', { domains: 'AGE-ENCRYPTED', dkim_selector: 'berlin' }),
  ])
  assert.equal(ownSelectors('mx1.example.org', { domains: ['example.org'], dkim_selectors: ['old'] }, given), {
    domains: ['example.org'],
    first: 'mx1',
    further: ['old'],
    others: ['mx2', 'default', 'berlin'],
  })
})

test.run()
