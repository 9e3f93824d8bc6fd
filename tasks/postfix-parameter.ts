// Task `postfixParameter`: a parameter in Postfix's main.cf has its value.
import { flag, listOf, regexp, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { fact } from '../src/core/task/fact.ts'
import { blocked, change, ok } from '../src/core/task/plan.ts'
import { UNKNOWN } from '../src/core/unknown.ts'
import { mergedList } from '../src/resources/postfix/settings/merged-list.ts'
import {
  knownValues,
  MAIN_CF,
  oneLine,
  postfixParameters,
  type PostfixParameters,
} from '../src/resources/postfix/postfix-parameters.ts'
import { sh } from '../src/shell/sh.ts'

export interface PostfixParameterArgs {
  /** postconf(5) */
  readonly parameter: string
  /** The whole value; with `merge`, the items that the list must have. */
  readonly value: string
  /**
   * The parameter is a list that others use too (`smtpd_milters`): items that are missing are added at the end, all
   * others stay.
   */
  readonly merge?: boolean
  /** With `merge`: items that `value` takes the place of are removed. */
  readonly superseded?: RegExp
  /** Left as it is, with a note, where main.cf sets one of these parameters to anything. */
  readonly unlessSet?: readonly string[]
}

/** Asking for their built-in value would cost a process and tell nothing. */
const EMPTY_BY_DEFAULT = ['smtpd_milters', 'non_smtpd_milters', 'internal_mail_filter_classes']

const isParameter = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)

/**
 * main.cf through postconf(1), written only where it differs.
 *
 * @ansible command: postconf -e
 */
export const postfixParameter = defineTask<PostfixParameterArgs, PostfixParameters>({
  type: 'postfixParameter',
  name: ({ parameter }) => parameter,
  arguments: {
    parameter: required(text),
    value: required(text),
    merge: flag,
    superseded: regexp,
    unlessSet: listOf(text),
  },
  check: ({ parameter, value, unlessSet = [] }) =>
    unlessSet
      .map((name) => (isParameter(name) ? undefined : `unlessSet: ${JSON.stringify(name)} is no name of a parameter`))
      .find((wrong) => wrong !== undefined) ??
    (isParameter(parameter) ? undefined : `${JSON.stringify(parameter)} is no name of a parameter`) ??
    (/[\n\r\0]/.test(value) ? `value must be on one line, got ${JSON.stringify(value)}` : undefined),
  probe: ({ parameter, merge }) =>
    postfixParameters(merge && !EMPTY_BY_DEFAULT.includes(parameter) ? parameter : undefined),
  plan({ parameter, value, merge, superseded, unlessSet = [] }, now) {
    if (!now.installed) return blocked('Postfix is not installed: install it with apt first')
    if (now.broken !== undefined) return blocked(`Postfix's configuration cannot be read: ${now.broken}`)
    const is = now.values.get(parameter)
    // A list that is not set has its built-in items, which setting it would lose.
    const list = is ?? now.defaults.get(parameter)
    const wanted =
      merge && typeof list === 'string'
        ? mergedList({ is: list, wanted: oneLine(value), superseded, main: knownValues(now) })
        : oneLine(value)
    if ((merge ? list : is) === wanted) return ok
    const alreadySet = unlessSet.find((name) => (now.values.get(name) ?? '') !== '')
    if (alreadySet !== undefined) return { kind: 'ok', note: `left as it is, for ${alreadySet} is set` }
    const main = {
      kind: 'file',
      owner: UNKNOWN,
      group: UNKNOWN,
      mode: UNKNOWN,
      sha256: UNKNOWN,
      mtime: UNKNOWN,
      sets: new Map([[parameter, wanted]]),
    } as const
    return change(
      [
        {
          summary: `${typeof is === 'string' ? `${is} → ` : ''}${wanted === '' ? '(empty)' : wanted}`,
          apply: sh`postconf -e ${`${parameter}=${wanted}`}`,
        },
      ],
      { ...now, values: new Map([...now.values, [parameter, wanted]]) },
      [fact('path', MAIN_CF, main)],
    )
  },
  writes: () => [`path:${MAIN_CF}`],
  owns: ({ parameter, value, merge }) => [`content:${MAIN_CF}#${parameter}${merge ? `:${value}` : ''}`],
  examples: [
    {
      title: 'One value',
      beside: 'packages',
      args: { parameter: 'milter_default_action', value: 'tempfail' },
      given: 'apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qqy install postfix >/dev/null 2>&1',
    },
    {
      title: 'Bounces pass the milters, unless something else would inspect them, too',
      beside: 'packages',
      args: {
        parameter: 'internal_mail_filter_classes',
        value: 'bounce',
        merge: true,
        unlessSet: ['header_checks', 'body_checks'],
      },
      given: 'apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qqy install postfix >/dev/null 2>&1',
    },
    {
      title: 'A milter beside others, in the place of its old socket',
      beside: 'packages',
      args: { parameter: 'smtpd_milters', value: 'unix:opendkim/opendkim.sock', merge: true, superseded: /:8892$/ },
      given: `
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qqy install postfix >/dev/null 2>&1
postconf -e "smtpd_milters=inet:127.0.0.1:11332, inet:localhost:8892"`,
    },
  ],
})
