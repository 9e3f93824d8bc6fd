// Task: a lookup table compiled from its text: postmap and newaliases.
import { checkPath } from '../src/changes/check-path.ts'
import { oneOf, required, text } from '../src/model/argument.ts'
import { defineTask } from '../src/model/define-task.ts'
import { blocked, change, ok } from '../src/model/plan.ts'
import { commandProbe, type CommandState } from '../src/probes/command.ts'
import { sh } from '../src/shell/sh.ts'

export interface PostfixMapArgs {
  /** The text, absolute: /etc/aliases, /etc/postfix/virtual. The compiled table is `PATH.db`. */
  readonly path: string
  /** aliases(5) tables are compiled by postalias; left out: `map`, by postmap. */
  readonly format?: 'map' | 'aliases'
}

/** Compiled anew whenever the text is newer, whoever changed it. */
export const postfixMap = defineTask<PostfixMapArgs, CommandState>({
  type: 'postfixMap',
  name: ({ path }) => path,
  arguments: {
    path: required(text), format: oneOf('map', 'aliases'),
  },
  check: ({ path }) => checkPath('path', path),
  probe: ({ path }) => commandProbe({ creates: `${path}.db`, removes: undefined, staleAgainst: [path], unless: undefined, onlyIf: undefined, reads: [] }),
  plan({ path, format }, now) {
    if (now.missing.length > 0) return blocked(`${path} is not there`)
    if (now.creates && !now.stale) return ok
    const summary = now.creates ? `compile: ${path} is newer than ${path}.db` : `compile: ${path}.db is not there`
    return change([{ summary, apply: sh`${format === 'aliases' ? 'postalias' : 'postmap'} ${`hash:${path}`} && touch -- ${`${path}.db`}` }], { ...now, creates: true, stale: false })
  },
  writes: ({ path }) => [`path:${path}.db`],
  owns: ({ path }) => [`content:${path}.db`],
  examples: [{ title: 'The aliases', args: { path: '/etc/aliases', format: 'aliases' }, given: 'apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qqy install postfix >/dev/null 2>&1; sleep 0.02; echo "ops: root" >> /etc/aliases' }],
})
