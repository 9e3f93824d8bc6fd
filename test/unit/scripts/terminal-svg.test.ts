// Pictures of terminals: every letter is shown at its column, in its colour, and nothing of the text becomes markup.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { SCENES } from '../../../scripts/pictures/scenes.ts'
import { terminalSvg } from '../../../scripts/pictures/terminal-svg.ts'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'

const test = suite('pictures of terminals')

const textsOf = (svg: string): readonly string[] =>
  [...svg.matchAll(/<text ([^>]*)>([^<]*)</g)].map(([, , text]) => text!)
const attributesOf = (svg: string, text: string): string =>
  [...svg.matchAll(/<text ([^>]*)>([^<]*)</g)].find(([, , shown]) => shown === text)?.[1] ?? ''

test('a style goes on until it ends, over the end of a line, too', () => {
  const svg = terminalSvg({
    output: '\u001b[1mmx1\u001b[22m  \u001b[32mok\nall\u001b[39m rest\n\n',
    title: '',
    columns: 40,
  })
  assert.equal(textsOf(svg), ['mx1', 'ok', 'all', 'rest'])
  assert.match(attributesOf(svg, 'mx1'), /class="bold"/)
  assert.match(attributesOf(svg, 'ok'), /class="green"/)
  assert.match(attributesOf(svg, 'all'), /class="green"/)
  assert.not.match(attributesOf(svg, 'rest'), /class/)
})

test('each stretch stands at its column, as wide as its letters', () => {
  const svg = terminalSvg({ output: 'host   domain\n', title: '', columns: 40 })
  assert.match(attributesOf(svg, 'host   domain'), /^x="16.0" y="31" textLength="109.2"/)
  const styled = terminalSvg({ output: '\u001b[2mhost  \u001b[22m domain\n', title: '', columns: 40 })
  assert.match(attributesOf(styled, 'domain'), /^x="74.8"/)
})

test('a line that is too long is cut', () => {
  const svg = terminalSvg({ output: `${'x'.repeat(30)}\n`, title: '', columns: 10 })
  assert.equal(textsOf(svg), ['x'.repeat(9), '…'])
})

test('what is printed never is markup', () => {
  const svg = terminalSvg({ output: '<script>&"\n', title: '"<x>&', columns: 40 })
  assert.equal(textsOf(svg), ['&lt;script&gt;&amp;&quot;'])
  assert.match(svg, 'aria-label="&quot;&lt;x&gt;&amp;"')
  assert.not.match(svg, '<script')
})

test('the pictures of all scenes are there, and none besides', () => {
  const pictures = readdirSync(join(ROOT, 'docs/pictures')).filter((name) => name.endsWith('.svg'))
  assert.equal(pictures.sort(), SCENES.map(({ name }) => `${name}.svg`).sort())
  for (const { name, steps } of SCENES)
    for (const { shown } of steps) assert.match(readFileSync(join(ROOT, `docs/pictures/${name}.svg`), 'utf8'), shown)
})

test.run()
