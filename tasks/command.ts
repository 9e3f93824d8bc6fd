// Task `command`: runs a command if its guards say that it is needed, or once in every run.
import { checkPath } from '../src/resources/files/check-path.ts'
import { either, listOf, record, required, script, seconds, text } from '../src/core/task/argument.ts'
import { touchFile } from '../src/resources/files/program/files.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { change, ok, blocked } from '../src/core/task/plan.ts'
import { ANYTHING, type Resource } from '../src/core/task/resource.ts'
import { UNKNOWN } from '../src/core/unknown.ts'
import { asUser } from '../src/resources/command/as-user.ts'
import { commandProbe, type CommandState } from '../src/resources/command/command.ts'
import { maskKnown } from '../src/shell/mask-known.ts'
import { lines, raw, type Script } from '../src/shell/script.ts'
import type { Secret } from '../src/shell/secret.ts'
import { sh } from '../src/shell/sh.ts'

export interface CommandArgs {
  /** A program with its arguments, which no shell reads; or shell text, best made with the `sh` tag, which quotes. */
  readonly run: readonly string[] | string | Script
  /** Not run while this path is there. A command that succeeds and leaves no such path has failed. */
  readonly creates?: string
  /** Not run unless this path is there. One that leaves it there is run again by the next run. */
  readonly removes?: string
  /** Shell text that only looks; the command is not run where it succeeds. */
  readonly unless?: string | Script
  /**
   * Shell text that only looks; the command is run only where it succeeds, and again by the next run where it still
   * does.
   */
  readonly onlyIf?: string | Script
  /**
   * Run again when one of these files is newer than `creates`, which is given their time where the command succeeds and
   * finds nothing to write.
   */
  readonly staleAgainst?: readonly string[]
  /**
   * What `unless` and `onlyIf` look at (`path:/etc/x`, `user:ops`, …): a pending change of it makes their answer wait.
   */
  readonly reads?: readonly Resource[]
  /** What it changes, besides `creates` and `removes`. Left out: it may change anything. */
  readonly writes?: readonly Resource[]
  /** Absolute; left out: /. */
  readonly cwd?: string
  /**
   * As this user, with its home; only root becomes somebody else. Left out: who does the work, which is root unless it
   * was set otherwise.
   */
  readonly user?: string
  readonly env?: Readonly<Record<string, string | Secret<string>>>
  /** After this many seconds it is ended and has failed; left out: 60. */
  readonly timeoutSeconds?: number
}

/**
 * The way out for what no module does. With `creates` or `unless` it is idempotent; `removes` and `onlyIf` tell whether
 * to run it; without a guard it runs in every run. Of the latter three a check says that their effects cannot be
 * predicted. Exit status 0 is success. Its input is empty.
 *
 * @ansible command, shell
 */
export const command = defineTask<CommandArgs, CommandState>({
  type: 'command',
  name: ({ run }) => shown(run),
  arguments: {
    run: required(either(text, script, listOf(text))),
    creates: text,
    removes: text,
    unless: either(text, script),
    onlyIf: either(text, script),
    staleAgainst: listOf(text),
    reads: listOf(text),
    writes: listOf(text),
    cwd: text,
    user: text,
    env: record,
    timeoutSeconds: seconds,
  },
  check,
  probe: (args) =>
    commandProbe({
      creates: args.creates,
      removes: args.removes,
      staleAgainst: args.staleAgainst ?? [],
      unless: scriptOf(args.unless),
      onlyIf: scriptOf(args.onlyIf),
      reads: args.reads ?? [],
    }),
  plan(args, now) {
    if (args.staleAgainst !== undefined && now.missing.length > 0)
      return blocked(`staleAgainst: ${now.missing.join(', ')} is not there`)
    if (isDone(args, now)) return ok
    const summary = summaryOf(args, now)
    const apply = scriptToRun(args)
    return change(
      [{ summary, apply, ...(args.timeoutSeconds === undefined ? {} : { timeoutSeconds: args.timeoutSeconds }) }],
      {
        creates: args.creates !== undefined,
        stale: false,
        missing: now.missing,
        unless: args.unless === undefined ? undefined : true,
        removes: args.removes === undefined ? now.removes : UNKNOWN,
        onlyIf: args.onlyIf === undefined ? undefined : UNKNOWN,
      },
    )
  },
  writes: ({ creates, removes, writes }) => [
    ...(creates === undefined ? [] : ([`path:${creates}`] as const)),
    ...(removes === undefined ? [] : ([`path:${removes}`] as const)),
    ...(writes ?? [ANYTHING]),
  ],
  // Nothing but a product, or a question of its own, tells that it is done.
  once: ({ creates, unless }) => creates === undefined && unless === undefined,
  examples: [
    {
      title: 'Once, until its product is there',
      beside: 'packages',
      args: {
        run: ['openssl', 'dhparam', '-dsaparam', '-out', '/etc/dh.pem', '2048'],
        creates: '/etc/dh.pem',
        timeoutSeconds: 600,
      },
      given: `
rm -f /etc/dh.pem
command -v openssl >/dev/null || {
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qqy install openssl >/dev/null 2>&1
}`,
    },
    {
      title: 'Again whenever its source is newer',
      args: { run: 'sort /srv/in > /srv/out', creates: '/srv/out', staleAgainst: ['/srv/in'] },
      given: 'echo b > /srv/out; sleep 0.02; printf "b\\na\\n" > /srv/in',
    },
    {
      title: 'Unless it is so already',
      args: { run: sh`touch ${"/srv/it's done"}`, unless: sh`test -e ${"/srv/it's done"}` },
    },
    {
      title: 'Whenever there is something to do',
      beside: 'mail',
      args: { run: 'postsuper -d ALL deferred', onlyIf: 'test -e /srv/purge-deferred' },
      given: `
touch /srv/purge-deferred
command -v postsuper >/dev/null || {
  printf "#!/bin/sh\\n" > /usr/local/sbin/postsuper
  chmod +x /usr/local/sbin/postsuper
}`,
    },
    { title: 'In every run', args: { run: 'date > /srv/last-run' } },
  ],
})

function check({
  run,
  creates,
  removes,
  staleAgainst,
  cwd,
  user,
  env,
  timeoutSeconds,
}: CommandArgs): string | undefined {
  if (typeof run !== 'string' && !('text' in run) && run.length === 0) return 'run is empty'
  if (textOf(run).trim() === '') return 'run is empty'
  if (staleAgainst !== undefined && creates === undefined)
    return 'staleAgainst goes with creates: the file that must not be older'
  const bad = Object.keys(env ?? {}).find((key) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
  if (bad !== undefined) return `env: ${JSON.stringify(bad)} is no name of a variable`
  if (user !== undefined && !/^[a-z_][a-z0-9_.-]*$/i.test(user))
    return `user must be a user name, got ${JSON.stringify(user)}`
  if (timeoutSeconds !== undefined && !(timeoutSeconds > 0))
    return `timeoutSeconds must be more than 0, got ${timeoutSeconds}`
  const paths = [
    ['creates', creates],
    ['removes', removes],
    ['cwd', cwd],
    ...(staleAgainst ?? []).map((path) => ['staleAgainst', path] as const),
  ] as const
  return paths
    .map(([argument, path]) => (path === undefined ? undefined : checkPath(argument, path)))
    .find((wrong) => wrong !== undefined)
}

/** By any of its guards. */
function isDone({ creates, removes }: CommandArgs, now: CommandState): boolean {
  if (creates !== undefined && now.creates && !now.stale) return true
  if (removes !== undefined && now.removes === false) return true
  return now.unless === true || now.onlyIf === false
}

function summaryOf({ creates, staleAgainst }: CommandArgs, now: CommandState): string {
  if (now.stale && now.creates) return `run: ${creates ?? ''} is older than ${staleAgainst?.join(', ') ?? ''}`
  return creates === undefined ? 'run' : `run: ${creates} is not there`
}

const scriptOf = (text: string | Script | undefined): Script | undefined =>
  typeof text === 'string' ? raw(text) : text

function toRun(run: CommandArgs['run']): Script {
  if (typeof run === 'string') return raw(run)
  return 'text' in run ? run : sh`${run}`
}

const textOf = (run: CommandArgs['run']): string => toRun(run).text

function shown(run: CommandArgs['run']): string {
  // Masked before it is cut: half a secret would be known to no mask.
  const [first = '', ...more] = maskKnown(toRun(run).shown).trim().split('\n')
  return more.length === 0 && first.length <= 80 ? first : `${first.slice(0, 80)} …`
}

/** The guards are put once more on the host, just before: what stands before it in this trip may have done the work. */
function scriptToRun({ run, cwd, user, env, unless, onlyIf, creates, staleAgainst }: CommandArgs): Script {
  const settings = [
    ...Object.entries(env ?? {}).map(([key, value]) => sh`export ${raw(key)}=${value}`),
    ...(cwd === undefined ? [] : [sh`cd -- ${cwd} || exit`]),
  ]
  const inner = lines([...settings, toRun(run)])
  const guards = [
    ...(unless === undefined ? [] : [sh`if ( ${scriptOf(unless)!}${raw('\n')}) >/dev/null 2>&1; then exit 0; fi`]),
    ...(onlyIf === undefined ? [] : [sh`if ! ( ${scriptOf(onlyIf)!}${raw('\n')}) >/dev/null 2>&1; then exit 0; fi`]),
  ]
  const whole = user === undefined ? inner : asUser(user, inner)
  return lines([...guards, ...(creates === undefined ? [whole] : [withProduct(whole, creates, staleAgainst ?? [])])])
}

/** Success means that the product is there, and not older than its sources were when the command began. */
function withProduct(whole: Script, product: string, sources: readonly string[]): Script {
  const complaint = `it succeeded, but ${product} is not there, which creates says that it makes`
  const there = sh`[ -e ${product} ] || [ -L ${product} ] || { echo ${complaint} >&2; exit 1; }`
  if (sources.length === 0) return lines([raw('('), whole, raw(') || exit'), there])
  return lines([
    sh`newest=@$(find ${sources} -maxdepth 0 -printf '%T@\n' | LC_ALL=C sort -n | tail -n 1)`,
    raw('('),
    whole,
    raw(') || exit'),
    there,
    sh`[ "$(find ${product} -maxdepth 0 -newermt "$newest")" ] || ${touchFile(product, raw('"$newest"'))}`,
  ])
}
