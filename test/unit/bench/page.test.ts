// docs/benchmarks.md and its plots are what the committed results render to, and they tell the truth about any results.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { BENCHES } from '../../../bench/benches.ts'
import { LIST_TASKS, NODE, START } from '../../../bench/benches/startup.ts'
import { goals, verdict, type Goal } from '../../../bench/page/goals.ts'
import { pages, PAGE } from '../../../bench/page/page.ts'
import { withSpeed } from '../../../bench/page/readme.ts'
import { readResults, type AllResults, type Measured } from '../../../bench/results.ts'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'

const test = suite('benchmarks')

const found = (bench: string, measured: readonly Measured[]): AllResults =>
  new Map([
    [
      bench,
      { bench, day: '2026-01-02', machine: '2 × a processor', versions: { Node: '20.20.2' }, minutes: 3.4, measured },
    ],
  ])
const seconds = (who: string, at: number, values: readonly number[], job = 'nothing to do'): Measured => ({
  job,
  at,
  who,
  unit: 's',
  values,
})
const goal = (all: AllResults, words: string): Goal => goals(all).find(({ what }) => what.includes(words))!

test('the page and the plots are those of the committed results', () => {
  const wanted = pages(
    BENCHES,
    readResults(
      ROOT,
      BENCHES.map(({ name }) => name),
    ),
  )
  for (const [path, text] of wanted)
    assert.is(readFileSync(join(ROOT, path), 'utf8'), text, `${path}: npm run bench page`)
  const plots = [...wanted.keys()].filter((path) => path !== PAGE)
  const there = existsSync(join(ROOT, 'docs/benchmarks')) ? readdirSync(join(ROOT, 'docs/benchmarks')) : []
  assert.equal(there.map((name) => `docs/benchmarks/${name}`).sort(), plots.sort())
})

test("the README's lines on speed are those of the committed results, and leave out what was not measured", () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  assert.is(
    readme,
    withSpeed(
      readme,
      readResults(
        ROOT,
        BENCHES.map(({ name }) => name),
      ),
    ),
    'npm run bench page',
  )
  const lines = (all: AllResults): readonly string[] =>
    withSpeed(readme, all)
      .split('\n')
      .filter((line) => /^- (?:Nothing to do|Against|A check of)/.test(line))
  assert.equal(lines(new Map()), [])
  assert.equal(
    lines(
      found('peers', [
        seconds('mailrun', 20, [2]),
        seconds('Ansible', 20, [70]),
        seconds('Ansible with Mitogen', 20, [30]),
      ]),
    ),
    ['- Nothing to do on 20 hosts takes 2 s. Ansible takes 35 times as long, with Mitogen 15 times.'],
  )
})

test('a goal is missed where it is missed at one size, and not measured without results', () => {
  const all = found('peers', [
    seconds('mailrun', 4, [1, 9, 1]),
    seconds('Ansible', 4, [50]),
    seconds('mailrun', 20, [2]),
    seconds('Ansible', 20, [70]),
  ])
  const faster = goal(all, 'faster than Ansible')
  assert.equal(
    [...faster.measured],
    [
      [4, 50],
      [20, 35],
    ],
  )
  assert.is(verdict(faster), 'missed')
  assert.is(
    verdict(goal(found('peers', [seconds('mailrun', 4, [1]), seconds('Ansible', 4, [50])]), 'faster than Ansible')),
    'met',
  )
  assert.is(verdict(goal(all, 'with Mitogen')), 'not measured')
})

test('start-up is reported as what comes on top of Node', () => {
  const start = (who: string, ms: number): Measured => ({ job: START, at: 0, who, unit: 'ms', values: [ms] })
  const lists = goal(found('startup', [start(NODE, 40), start(LIST_TASKS, 291)]), '--list-tasks')
  assert.equal([[...lists.measured.values()], verdict(lists)], [[251], 'missed'])
})

test('a table tells median, least, most, turns and ratios', () => {
  const text = pages(BENCHES, found('peers', [seconds('mailrun', 4, [2, 1, 3]), seconds('by hand', 4, [1])])).get(PAGE)!
  assert.match(text, '| hosts |  | s | least | most | turns | ÷ mailrun | ÷ by hand |')
  assert.match(text, '| 4 | mailrun | **2** | 1 | 3 | 3 | 1 | 2 |')
  assert.match(text, '| 4 | by hand | **1** | 1 | 1 | 1 | 0.50 | 1 |')
})

test('the page says how busy the machine was before, where that was recorded', () => {
  const all = found('peers', [seconds('mailrun', 4, [1])])
  const [peers] = [...all.values()]
  assert.match(pages(BENCHES, all).get(PAGE)!, 'on 2 × a processor; Node 20.20.2.')
  const busy = new Map([['peers', { ...peers!, load: 6.1 }]])
  assert.match(pages(BENCHES, busy).get(PAGE)!, 'on 2 × a processor, load average before 6.1; Node 20.20.2.')
})

test('what is compared with Ansible is compared with that of Debian 13', () => {
  const all = readResults(
    ROOT,
    BENCHES.map(({ name }) => name),
  )
  for (const { bench, versions, measured } of all.values()) {
    if (!measured.some(({ who }) => who.includes('nsible'))) continue
    assert.match(versions['ansible-core'] ?? 'none', /^2\.19\./, bench)
    assert.match(versions['ansible-mitogen'] ?? 'none', /^0\.3\.25/, bench)
  }
})

test('a plot names every line, has no number that is none, and follows the colours of the page', () => {
  const svg = pages(
    BENCHES,
    found('peers', [
      seconds('mailrun', 4, [2, 1, 3]),
      seconds('mailrun', 20, [0.5]),
      seconds('floor: `ssh HOST true` & <more>', 4, [1]),
    ]),
  ).get('docs/benchmarks/peers-nothing-to-do.svg')!
  for (const name of ['mailrun', 'floor: ssh HOST true &#38; &#60;more&#62;']) assert.match(svg, `>${name}</text>`)
  assert.match(svg, 'prefers-color-scheme: dark')
  assert.not.match(svg, /NaN|undefined|Infinity/)
})

test.run()
