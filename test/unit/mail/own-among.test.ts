// The selectors that a playbook's hosts speak for, by the vars of all of them.
import * as assert from 'uvu/assert'
import { ownSelectorsAmong, type SelectorMember } from '../../../src/mail/fleet/own-among.ts'
import { speaksFor } from '../../../src/mail/fleet/own-selectors.ts'
import { suite } from '../../suite.ts'

const test = suite('own selectors among the hosts of a playbook')
const member = (name: string, vars: Partial<SelectorMember['vars']> = {}): SelectorMember => ({
  vars: { domains: ['example.org'], ...vars },
  host: { name, shortName: name.split('.')[0]! },
})
const speaks = (members: readonly SelectorMember[], index: number, selector: string): boolean =>
  speaksFor(ownSelectorsAmong(members[index]!, members), 'example.org', selector)

test('its first selector, those of dkim_selectors, and what a rotation makes', () => {
  const fleet = [member('MX1.example.org', { dkim_selectors: ['default'] }), member('mx2.example.org')]
  for (const own of ['mx1', 'default', 'mx1-20270301', 'mx1-20270301b']) assert.is(speaks(fleet, 0, own), true, own)
  for (const other of ['mx2', 'google', '*', 'mx1-2027', 'mx2-20270301', 'default-20270301'])
    assert.is(speaks(fleet, 0, other), false, other)
})

test('a name that a rotation might make is that of the host to which the inventory gives it', () => {
  const fleet = [member('mx1.example.org'), member('mx9.example.org', { dkim_selector: 'mx1-20270301' })]
  assert.is(speaks(fleet, 0, 'mx1-20270301'), false)
  assert.is(speaks(fleet, 1, 'mx1-20270301'), true)
  const further = [member('mx1.example.org'), member('mx9.example.org', { dkim_selectors: ['mx1-20270301'] })]
  assert.is(speaks(further, 0, 'mx1-20270301'), false)
})

test('two hosts whose rotations would make the same names make longer ones', () => {
  const fleet = ['mail-20260101', 'mail-20260202'].map((each, at) =>
    member(`mx${at}.example.org`, { dkim_selector: each }),
  )
  assert.is(speaks(fleet, 0, 'mail-20270301'), false)
  assert.is(speaks(fleet, 0, 'mail-20260101-20270301'), true)
  assert.is(speaks(fleet, 0, 'mail-20260202'), false)
})

test('hosts of other domains take nothing from it', () => {
  const fleet = [
    member('mx1.example.org'),
    member('mx9.example.net', { domains: ['example.net'], dkim_selector: 'mx1-20270301' }),
  ]
  assert.is(speaks(fleet, 0, 'mx1-20270301'), true)
})

test.run()
