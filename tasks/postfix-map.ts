// Task `postfixMap`: a lookup table of Postfix is compiled from its text, with postmap or newaliases.
import { checkPath } from '../src/resources/files/check-path.ts'
import { compileFile } from '../src/resources/files/program/files.ts'
import { oneOf, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { blocked, change, ok } from '../src/core/task/plan.ts'
import { commandProbe, type CommandState } from '../src/resources/command/command.ts'

export interface PostfixMapArgs {
  /**
   * The text, absolute: /etc/aliases, /etc/postfix/virtual. The compiled table lies beside it, as `PATH.db` or what its
   * database writes.
   */
  readonly path: string
  /** aliases(5) tables are compiled by postalias; left out: `map`, by postmap. */
  readonly format?: 'map' | 'aliases'
  /** postconf(5), default_database_type; left out: `hash`, Debian's. */
  readonly database?: 'hash' | 'btree' | 'lmdb' | 'cdb'
}

/** Berkeley DB, Symas LMDB and tinycdb each have an ending of their own. */
const ENDINGS = { hash: 'db', btree: 'db', lmdb: 'lmdb', cdb: 'cdb' } as const

const tableOf = ({ path, database }: PostfixMapArgs): string => `${path}.${ENDINGS[database ?? 'hash']}`

/**
 * Compiled again whenever the text is newer, whoever changed it.
 *
 * @ansible a handler (postmap, newaliases)
 */
export const postfixMap = defineTask<PostfixMapArgs, CommandState>({
  type: 'postfixMap',
  name: ({ path }) => path,
  arguments: {
    path: required(text),
    format: oneOf('map', 'aliases'),
    database: oneOf('hash', 'btree', 'lmdb', 'cdb'),
  },
  check: ({ path }) => checkPath('path', path),
  probe: (args) =>
    commandProbe({
      creates: tableOf(args),
      removes: undefined,
      staleAgainst: [args.path],
      unless: undefined,
      onlyIf: undefined,
      reads: [],
    }),
  plan(args, now) {
    const { path, format, database } = args
    const table = tableOf(args)
    if (now.missing.length > 0) return blocked(`${path} is not there`)
    if (now.creates && !now.stale) return ok
    const summary = now.creates ? `compile: ${path} is newer than ${table}` : `compile: ${table} is not there`
    const compiler = format === 'aliases' ? 'postalias' : 'postmap'
    const kind = database ?? 'hash'
    const apply = compileFile(path, ENDINGS[kind], [compiler, `${kind}:%s`])
    return change([{ summary, apply }], { ...now, creates: true, stale: false })
  },
  writes: (args) => [`path:${tableOf(args)}`],
  owns: (args) => [`content:${tableOf(args)}`],
  examples: [
    {
      title: 'The aliases',
      beside: 'packages',
      args: { path: '/etc/aliases', format: 'aliases' },
      given: `
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qqy install postfix >/dev/null 2>&1
sleep 0.02
echo "ops: root" >> /etc/aliases`,
    },
  ],
})
