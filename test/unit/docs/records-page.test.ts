// docs/mail/records.md: its example is what comes out, and it knows every var.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import * as v from 'valibot'
import { parse } from 'yaml'
import { mailFleet } from '../../../src/mail/fleet/mail-fleet.ts'
import { mailRecords } from '../../../src/mail/fleet/mail-records.ts'
import { mailVars } from '../../../src/mail/fleet/mail-vars.ts'
import { zoneFragments } from '../../../src/mail/formats/zone-fragment.ts'
import { inZones } from '../../../src/mail/formats/zones.ts'
import { domain } from '../../../src/mail/fleet/schemas.ts'
import { ROOT } from '../cli/mailrun.ts'
import { suite } from '../../suite.ts'

const test = suite('page of records')
const page = readFileSync(join(ROOT, 'docs/mail/records.md'), 'utf8')

test('the example of the page is what comes out', () => {
  const [, yaml, fragment] = /```yaml\n([^]*?)```[^]*?```\n([^]*?)```/.exec(page)!
  const { hosts, vars } = (parse(yaml!) as { mail: { hosts: Record<string, object>; vars: object } }).mail
  const schema = v.object({ domains: v.array(domain), ...mailVars })
  const fleet = mailFleet(
    Object.entries(hosts).map(([name, own]) => ({
      name,
      vars: v.parse(schema, { ...vars, ...own }),
      addresses: [],
      keys: [],
    })),
  )
  assert.is(zoneFragments(inZones(mailRecords(fleet, () => []).records, fleet)), fragment)
})

test('the page knows every var', () => {
  assert.equal(
    Object.keys(mailVars).filter((name) => !page.includes(`\`${name}\``)),
    [],
  )
})

test.run()
