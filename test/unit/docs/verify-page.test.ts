// docs/mail/verify.md knows every verdict, and no other.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ROOT } from '../cli/mailrun.ts'
import { suite } from '../../suite.ts'

const test = suite('page of verify')

test('the page knows every verdict', () => {
  const folder = join(ROOT, 'src/verify')
  const text = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')
  const ids = new Set([...text.matchAll(/\bid: (?:\w+ \? '([a-z-]+)' : )?'([a-z-]+)'|fault\('\w+', '([a-z-]+)'/g)].flatMap((match) => match.slice(1).filter((id) => id !== undefined)))
  for (const result of ['fail', 'softfail', 'neutral']) ids.add(`spf-${result}`)
  const page = readFileSync(join(ROOT, 'docs/mail/verify.md'), 'utf8')
  const told = new Set([...page.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`([a-z-]+)`/g)].map((match) => match[1]!)))
  for (const role of ['local', 'submission', 'outsider']) told.delete(role)
  assert.equal([...told].sort(), [...ids].sort())
})

test.run()
