// The general job is the same for both tools: the same 20 tasks, files, users, keys and parameters.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import * as assert from 'uvu/assert'
import { goals, verdict } from '../../../bench/page/goals.ts'
import { withoutTime } from '../../../bench/general/end-state.ts'
import type { AllResults } from '../../../bench/results.ts'
import { suite } from '../../suite.ts'
import { MAIN, project, ROOT, type Project } from '../cli/mailrun.ts'

const test = suite('benches: general')
const FOLDER = join(ROOT, 'bench/general')
const textOf = (name: string): string => readFileSync(join(FOLDER, name), 'utf8')

type AnsibleTask = { readonly name: string } & Readonly<Record<string, unknown>>
const [play] = parse(textOf('general.yaml')) as [{ readonly tasks: readonly AnsibleTask[] }]

/** By each of mailrun's modules: those of Ansible that do the same. */
const MODULES: Readonly<Record<string, RegExp>> = {
  apt: /^ansible\.builtin\.apt$/,
  authorizedKey: /^ansible\.posix\.authorized_key$/,
  blockInFile: /^ansible\.builtin\.blockinfile$/,
  copy: /^ansible\.builtin\.copy$/,
  cron: /^ansible\.builtin\.cron$/,
  directory: /^ansible\.builtin\.file$/,
  file: /^ansible\.builtin\.copy$/,
  group: /^ansible\.builtin\.group$/,
  lineInFile: /^ansible\.builtin\.lineinfile$/,
  service: /^ansible\.builtin\.systemd_service$/,
  sudoers: /^ansible\.builtin\.copy$/,
  symlink: /^ansible\.builtin\.file$/,
  sysctl: /^ansible\.posix\.sysctl$/,
  template: /^ansible\.builtin\.template$/,
  user: /^ansible\.builtin\.user$/,
}

let here: Project
test.before(() => {
  here = project({ 'inventory.yaml': 'mail: { hosts: { mx1: }, vars: { domains: [a.test, b.test] } }\n' })
})
test.after(() => here.remove())

test('20 tasks, one beside the other', async () => {
  const { code, stdout, stderr } = await here.mailrun(
    join(FOLDER, 'general.ts'),
    '-i',
    'inventory.yaml',
    '--list-tasks',
  )
  assert.is(code, 0, stderr + MAIN)
  const types = stdout.split('\n').flatMap((line) => /^\s+([a-z]\w+) \S/.exec(line)?.[1] ?? [])
  const listed = types.filter((type) => type in MODULES)
  assert.is(listed.length, 20, stdout)
  assert.is(play.tasks.length, 20)
  play.tasks.forEach((task, index) => {
    const module = Object.keys(task).find((key) => key.startsWith('ansible.'))!
    assert.match(module, MODULES[listed[index]!]!, task.name)
  })
})

test('paths, names, keys and values of Ansible are those of mailrun', () => {
  const code = textOf('general.ts')
  const wanted = ['dest', 'path', 'name', 'user', 'key', 'src', 'owner', 'group', 'mode', 'shell', 'home', 'marker']
  for (const task of play.tasks) {
    // `sudoers` of mailrun has a path and a mode of its own.
    if (task.name === 'what operators may do') continue
    const [, args] = Object.entries(task).find(([key]) => key.startsWith('ansible.'))!
    for (const key of wanted) {
      const value = (args as Readonly<Record<string, unknown>>)[key]
      for (const each of [value].flat())
        if (typeof each === 'string') assert.ok(code.includes(each.replace('.j2', '.ejs')), `${task.name}: ${each}`)
    }
  }
})

test('times are left out of what is compared, sizes and digests are not, but for files of a form of their own', () => {
  assert.is(withoutTime('/etc/motd', 'f 0644 0:0 5 1796132662.42 abc'), 'f 0644 0:0 5 abc')
  assert.is(withoutTime('/etc/app', 'd 0750 0:1001 1796132662.42'), 'd 0750 0:1001')
  assert.is(withoutTime('/usr/local/bin/app-nightly', 'l 0777 0:0 3 1796132662.42 app'), 'l 0777 0:0 3 app')
  assert.is(withoutTime('/etc/cron.d/app', 'f 0644 0:0 5 1796132662.42 abc'), 'f 0644 0:0')
})

test('the goals: 30 times with nothing to do, and no slower in a first run', () => {
  const verdicts = (idle: number, first: number): readonly string[] => {
    const measured = (
      [
        ['nothing to do', 'mailrun', 1],
        ['nothing to do', 'Ansible', idle],
        ['first run', 'mailrun', first],
        ['first run', 'Ansible', 10],
      ] as const
    ).map(([job, who, value]) => ({ job, who, at: 4, unit: 's', values: [value] }))
    const results = { bench: 'general', day: '2026-01-02', machine: 'a', versions: {}, minutes: 1, measured }
    const all: AllResults = new Map([['general', results]])
    return goals(all)
      .filter(({ what }) => what.startsWith('general job'))
      .map(verdict)
  }
  assert.equal(verdicts(30, 10), ['met', 'met'])
  assert.equal(verdicts(29, 10.1), ['missed', 'missed'])
})

test.run()
