// What was found, put into an inventory that is there: its other lines stay as they are.
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import type { AdoptedHost, AdoptedVar } from '../../../../src/mail/adoption.ts'
import { withAdoption } from '../../../../src/report/adoption/adopted-file.ts'
import { suite } from '../../../suite.ts'

const test = suite('an inventory with what was found')
const host = (name: string, vars: readonly AdoptedVar[]): AdoptedHost => ({
  name,
  status: 'adopted',
  vars,
  choices: [],
  left: [],
})
const FOUND = {
  hosts: [
    host('mx1', [
      { name: 'dkim_selector', value: 'one' },
      { name: 'sign_host_name', value: false, why: 'So it is' },
    ]),
    host('mx2', [{ name: 'dkim_selector', value: 'no' }]),
    host('mx3', [{ name: 'dkim_selector', value: 'three' }]),
    host('mx4', []),
  ],
  shared: [{ name: 'domains', value: ['example.org', 'example.net'] }],
  connection: new Map([['mx4', { ansible_user: 'root' }]]),
}

test('lines are put in where they belong', () => {
  const text = `# ours
all:
  vars: { ansible_user: ops }   # not root
  children:
    mail:
      hosts:
        mx1:     # the first
        mx2: { ansible_host: 192.0.2.2 }

        # the third
        mx3:
          dkim_selector: "old" # gone
          fqdn: mx3.example.org
      vars:
        domains:
          - example.org
# the end
`
  assert.is(
    withAdoption(text, FOUND),
    `# ours
all:
  vars: { ansible_user: ops }   # not root
  children:
    mail:
      hosts:
        mx1:     # the first
          dkim_selector: one
          # So it is.
          sign_host_name: false
        mx2: { ansible_host: 192.0.2.2, dkim_selector: "no" }

        # the third
        mx3:
          dkim_selector: three # gone
          fqdn: mx3.example.org
        mx4:
          ansible_user: root
      vars:
        domains:
          - example.org
          - example.net
# the end
`,
  )
})

test('comments below the last host, or the last var, stay with it', () => {
  const text = `mail:
  hosts:
    mx1:
      dkim_selector: one
      # set outgoing_addresses:
      # outgoing_addresses: []
    # mx9 is gone
  # what all have
# the end
`
  assert.is(
    withAdoption(text, { ...FOUND, hosts: FOUND.hosts.filter(({ name }) => name === 'mx1' || name === 'mx4') }),
    `mail:
  hosts:
    mx1:
      dkim_selector: one
      # set outgoing_addresses:
      # outgoing_addresses: []
      # So it is.
      sign_host_name: false
    # mx9 is gone
    mx4:
      ansible_user: root
  # what all have
  vars:
    domains: [example.org, example.net]
# the end
`,
  )
})

test('a second time there is nothing to put in', () => {
  for (const text of [
    'mail:\n  hosts:\n    mx1:',
    'mail:\n    vars: {}\n    hosts: {}\n',
    'mail:\n  vars:\n    domains: []\n',
  ]) {
    const once = withAdoption(text, FOUND)
    assert.is(withAdoption(once!, FOUND), once)
    assert.equal((parse(once!) as { mail: { vars: object } }).mail.vars, { domains: ['example.org', 'example.net'] })
  }
})

test('what is no inventory with a group mail is none to put it into', () => {
  for (const text of ['', '- a\n', 'mail: [', 'web:\n  hosts:\n    www1:\n', 'mail: { hosts: {} }\n', '[mail]\nmx1\n'])
    assert.is(withAdoption(text, FOUND), undefined)
})

test.run()
