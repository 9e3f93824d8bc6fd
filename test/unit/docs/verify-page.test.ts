// docs/mail/verify.md knows every verdict, and no other.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { PROBE_ROLES } from '../../../src/mail/probe-message.ts'
import { DELIVERY_PATHS } from '../../../src/model/proof.ts'
import { KNOWN_RESULTS } from '../../../src/verify/delivery.ts'
import { ROOT } from '../cli/mailrun.ts'
import { suite } from '../../suite.ts'

const test = suite('page of verify')

test('the page knows every verdict', () => {
  const folder = join(ROOT, 'src/verify')
  const text = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')
  const ids = new Set([...text.matchAll(/\bid: (?:\w+ \? '([a-z-]+)' : )?'([a-z-]+)'|fault\('\w+', '([a-z-]+)'/g)].flatMap((match) => match.slice(1).filter((id) => id !== undefined)))
  for (const result of ['fail', 'softfail', 'neutral']) ids.add(`spf-${result}`)
  for (const [method, results] of Object.entries(KNOWN_RESULTS)) for (const result of results) ids.add(`${method}-${result}`)
  ids.add('not-sent')
  const page = readFileSync(join(ROOT, 'docs/mail/verify.md'), 'utf8')
  const told = new Set([...page.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`([a-z][a-z-]*)`/g)].map((match) => match[1]!)))
  for (const word of [...PROBE_ROLES, ...DELIVERY_PATHS]) told.delete(word)
  assert.equal([...told].sort(), [...ids].sort())
})

test.run()
