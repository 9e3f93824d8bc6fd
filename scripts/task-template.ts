// Task: the program behind a name of Debian's alternatives.
import { utf8 } from '../src/core/probe/answer.ts'
import { required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { blocked, change, ok } from '../src/core/task/plan.ts'
import { defineProbe } from '../src/core/probe/probe.ts'
import { END, whole } from '../src/core/probe/whole.ts'
import { raw } from '../src/shell/script.ts'
import { sh } from '../src/shell/sh.ts'

export interface DebianAlternativeArgs {
  /** The name, such as `editor`. */
  readonly alternative: string
  /** The program, such as `/usr/bin/vim.basic`; a package must have registered it. */
  readonly path: string
}

export interface DebianAlternativeState {
  /** The program behind the name; `none` where it is gone. */
  readonly value: string
  /** The programs that packages have registered. */
  readonly choices: readonly string[]
}

/** update-alternatives(1): which program a name such as `editor` or `pager` runs. */
export const debianAlternative = defineTask<DebianAlternativeArgs, DebianAlternativeState | undefined>({
  type: 'debianAlternative',
  name: ({ alternative }) => alternative,
  arguments: {
    alternative: required(text),
    path: required(text),
  },
  // What the types cannot say. Left out where there is nothing.
  check: ({ alternative, path }) =>
    (/^[A-Za-z0-9][^\s/]*$/.test(alternative)
      ? undefined
      : `alternative must be a name such as editor, got ${JSON.stringify(alternative)}`) ??
    (path.startsWith('/') ? undefined : `path must be absolute, got ${JSON.stringify(path)}`),
  // The question: shell text that changes nothing, and what its answer means. `undefined`: there is no such name.
  probe: ({ alternative }) =>
    defineProbe<DebianAlternativeState | undefined>({
      key: `debianAlternative ${alternative}`,
      reads: [`alternative:${alternative}`],
      script: sh`update-alternatives --query ${alternative} 2>/dev/null
${raw(END)}`,
      parse(answer) {
        const lines = utf8(whole(answer, `the alternative ${alternative} cannot be asked for`)).split('\n')
        const valuesOf = (field: string): readonly string[] =>
          lines.filter((line) => line.startsWith(`${field}: `)).map((line) => line.slice(field.length + 2))
        const [value] = valuesOf('Value')
        return value === undefined ? undefined : { value, choices: valuesOf('Alternative') }
      },
    }),
  // What to do about that answer, and what the question will answer once it is done.
  plan({ alternative, path }, now) {
    if (now === undefined)
      return blocked(`there is no alternative ${alternative}: install a package that brings it with apt first`)
    if (now.value === path) return ok
    if (!now.choices.includes(path)) return blocked(`${path} is not registered: give one of ${now.choices.join(', ')}`)
    return change(
      [{ summary: `${now.value} → ${path}`, apply: sh`update-alternatives --set ${alternative} ${path}` }],
      { ...now, value: path },
    )
  },
  writes: ({ alternative }) => [`alternative:${alternative}`],
  owns: ({ alternative }) => [`alternative:${alternative}`],
  // Each stands in the docs, and is carried out on a host of the lab, which `given` makes ready.
  examples: [
    {
      title: 'One of two programs',
      args: { alternative: 'mailrun-example', path: '/bin/false' },
      given: `
update-alternatives --install /usr/local/bin/mailrun-example mailrun-example /bin/true 2
update-alternatives --install /usr/local/bin/mailrun-example mailrun-example /bin/false 1`,
    },
  ],
})
