// Which records `mailrun dns` would publish for a host, by its vars: of others' names it publishes none.
import * as assert from 'uvu/assert'
import * as v from 'valibot'
import { mailHostVars } from '../../../src/commands/mail-fleet/mail-fleet-of.ts'
import { wantedRecords } from '../../../src/commands/mail-fleet/wanted-records.ts'
import { suite } from '../../suite.ts'

const test = suite('commands/wanted-records')

const wantedBy = (vars: object, given: Parameters<typeof wantedRecords>[2] = []) =>
  wantedRecords('mx1.example.org', v.parse(mailHostVars, vars), given)

test('SPF of domains that it sends for, and of its own names', () => {
  const { spf } = wantedBy({
    domains: ['example.org', 'quiet.example'],
    mail_domains: { 'quiet.example': { sends: false } },
    helo_name: 'out.example.net',
  })
  for (const name of ['example.org', 'out.example.net', 'mx1.example.org']) assert.ok(spf(name), name)
  for (const name of ['quiet.example', 'customer.example', 'www.example.org']) assert.not.ok(spf(name), name)
  assert.not.ok(
    wantedBy({ domains: ['example.org'], sign_host_name: false, fqdn: 'mx1.example.org' }).spf('mx2.example'),
  )
})

test('where it sends for no domain, nothing', () => {
  const { spf, key } = wantedBy({ helo_name: 'out.example.net' })
  assert.not.ok(spf('out.example.net') || spf('mx1.example.org') || key('example.org', 'mx1'))
})

test('keys of its domains at its own selectors', () => {
  const given = [{ host: 'mx2', domains: ['example.org'], selectors: ['mx2', 'mx1-20270401'] }]
  const { key } = wantedBy({ domains: ['example.org'], dkim_selectors: ['old'] }, given)
  for (const selector of ['mx1', 'MX1', 'old', 'mx1-20270301']) assert.ok(key('example.org', selector), selector)
  for (const selector of ['mx2', 'google', 'mx1-20270401']) assert.not.ok(key('example.org', selector), selector)
  assert.not.ok(key('customer.example', 'mx1'))
  const named = wantedBy({ domains: ['example.org'], dkim_selector: 's1' })
  assert.ok(named.key('example.org', 's1'))
  assert.not.ok(named.key('example.org', 'mx1'))
})

test.run()
