// Task: locales are there, and one is the default.
import { editContent } from '../src/resources/files/edit-content.ts'
import { editLine } from '../src/resources/files/edit-lines.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import { utf8 } from '../src/core/probe/answer.ts'
import { listOf, required, text } from '../src/core/task/argument.ts'
import type { Change } from '../src/core/task/change.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import { blocked, change, type Plan, type SettledPlan } from '../src/core/task/plan.ts'
import { defineProbe, ProbeError, type Probe } from '../src/core/probe/probe.ts'
import { END, whole } from '../src/core/probe/whole.ts'
import { raw } from '../src/shell/script.ts'
import { sh } from '../src/shell/sh.ts'

export interface LocaleArgs {
  /** Such as `de_DE.UTF-8`; `C.UTF-8` is always there. */
  readonly locales: readonly string[]
  /** The `LANG` of logins and services, one of `locales` or `C.UTF-8`; left out: it stays. */
  readonly lang?: string
}

interface Generated {
  /** Whether the package `locales` is there. */
  readonly installed: boolean
  /** Those of the wanted that the C library has, in the same order. */
  readonly generated: readonly string[]
}

export interface LocaleState extends Generated {
  readonly list: PathState
  /** `/etc/default/locale`, and where it is a link, what it leads to. */
  readonly defaults: PathState
  readonly linked: PathState
}

const LIST = '/etc/locale.gen'
const DEFAULTS = '/etc/default/locale'
/** Since Debian 13 the other one leads here. */
const LINKED = '/etc/locale.conf'

/**
 * locale.gen(5): locales are listed and generated; others that are listed stay. The default is in
 * `/etc/default/locale`: what runs already keeps its own.
 *
 * @ansible locale_gen
 */
export const locale = defineTask<LocaleArgs, LocaleState>({
  type: 'locale',
  name: ({ locales }) => locales.join(', '),
  arguments: {
    locales: required(listOf(text)),
    lang: text,
  },
  check: ({ locales, lang }) =>
    (locales.length === 0 ? 'locales is empty' : undefined) ??
    [...locales, ...(lang === undefined ? [] : [lang])]
      .filter((name) => !/^(?:C|[a-z]{2,3}_[A-Z]{2})\.UTF-8$/.test(name))
      .map((name) => `a locale must be such as de_DE.UTF-8, got ${JSON.stringify(name)}`)[0] ??
    (lang === undefined || lang === 'C.UTF-8' || locales.includes(lang)
      ? undefined
      : `lang must be one of locales, got ${lang}`),
  probe: ({ locales }) =>
    joinProbes<Generated, PathState, LocaleState>(
      generatedProbe(locales),
      [LIST, DEFAULTS, LINKED].map((path) => pathProbe({ path, wanted: 'needed' })),
      (own, [list, defaults, linked]) => ({ ...own, list: list!, defaults: defaults!, linked: linked! }),
      ({ list, defaults, linked, ...own }) => [own, [list, defaults, linked]],
    ),
  plan,
  writes: ({ lang }) => [`path:${LIST}`, 'locale:', ...(lang === undefined ? [] : LANG_FILES)],
  owns: ({ locales, lang }) => [
    ...new Set(locales.map((name) => `locale:${name}` as const)),
    ...(lang === undefined ? [] : (['locale:'] as const)),
  ],
  examples: [
    {
      title: 'Another locale, for all',
      beside: 'packages',
      args: { locales: ['de_DE.UTF-8', 'en_GB.UTF-8'], lang: 'de_DE.UTF-8' },
      given: `
[ -x /usr/sbin/locale-gen ] || {
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qqy install locales >/dev/null 2>&1
}`,
    },
    {
      title: 'No language at all',
      args: { locales: ['C.UTF-8'], lang: 'C.UTF-8' },
      given: `
[ -L /etc/default/locale ] && rm /etc/default/locale
printf '# mine\\nLANG=C\\nLC_TIME=C\\n' > /etc/default/locale`,
    },
  ],
})

const LANG_FILES = [`path:${DEFAULTS}`, `path:${LINKED}`] as const
/** Each takes a few seconds; on a slow host a minute. */
const GENERATE_SECONDS = 600

const isBuiltIn = (name: string): boolean => name === 'C.UTF-8'

function plan({ locales, lang }: LocaleArgs, now: LocaleState): Plan<LocaleState> {
  const wanted = [...new Set(locales)].filter((name) => !isBuiltIn(name))
  const missing = wanted.filter((name) => !now.generated.includes(name))
  if (missing.length > 0 && !now.installed)
    return blocked(`${missing.join(', ')} cannot be generated: install locales with apt`)
  const common = { validate: undefined, backup: false } as const
  const list: SettledPlan<PathState> = now.installed
    ? editContent({ ...common, path: LIST, create: true, needed: wanted.length > 0, edit: listing(wanted) }, now.list)
    : { kind: 'ok' }
  if (list.kind === 'blocked') return list
  const isLinked = now.defaults.is.kind === 'symlink'
  const path = isLinked ? LINKED : DEFAULTS
  const edit = lang === undefined ? (before: string) => before : settingLang(lang)
  const needed = lang !== undefined
  const defaults = editContent({ ...common, path, create: true, needed, edit }, isLinked ? now.linked : now.defaults)
  if (needed && defaults.kind === 'blocked') return defaults
  const changes: readonly Change[] = [
    ...named(list, LIST),
    ...(missing.length === 0
      ? []
      : [
          {
            summary: `generate ${missing.join(', ')}`,
            apply: raw('locale-gen --keep-existing'),
            timeoutSeconds: GENERATE_SECONDS,
          },
        ]),
    ...(needed ? named(defaults, path) : []),
  ]
  const set = needed && defaults.kind === 'change' ? { [isLinked ? 'linked' : 'defaults']: defaults.then } : {}
  return change(changes, {
    ...now,
    generated: locales,
    list: list.kind === 'change' ? list.then : now.list,
    ...set,
  })
}

const named = (plan: SettledPlan<PathState>, path: string): readonly Change[] =>
  plan.kind === 'change' ? plan.changes.map((each) => ({ ...each, summary: `${path}: ${each.summary}` })) : []

/** Its line, uncommented where it is a comment. */
const listing =
  (wanted: readonly string[]) =>
  (before: string): string =>
    wanted.reduce((edited, name) => {
      const line = `${name} UTF-8`
      const regexp = new RegExp(`^[#\\s]*${name.replace('.', '\\.')}\\s+UTF-8\\s*$`)
      return editLine(edited, { line, regexp, state: 'present', insertAfter: undefined, insertBefore: undefined })
    }, before)

const settingLang =
  (lang: string) =>
  (before: string): string =>
    editLine(before, {
      line: `LANG=${lang}`,
      regexp: /^\s*LANG=/,
      state: 'present',
      insertAfter: undefined,
      insertBefore: undefined,
    })

/** As locale(1) lists them: `de_DE.utf8`. */
const listed = (name: string): string => name.replace('UTF-8', 'utf8')

const generatedProbe = (locales: readonly string[]): Probe<Generated> =>
  defineProbe<Generated>({
    key: `locales ${JSON.stringify(locales)}`,
    reads: ['locale:', 'package:locales', 'package:locales-all'],
    script: sh`[ -x /usr/sbin/locale-gen ] && echo yes || echo no
locale -a | grep -xF ${locales.flatMap((name) => ['-e', listed(name)])}
${raw(END)}`,
    parse(answer) {
      const [installed, ...found] = utf8(whole(answer, 'locales cannot be asked for')).split('\n')
      if (installed !== 'yes' && installed !== 'no') throw new ProbeError('locales cannot be asked for')
      return {
        installed: installed === 'yes',
        generated: locales.filter((name) => isBuiltIn(name) || found.includes(listed(name))),
      }
    },
    // What a package brings is asked once it is there.
    foresee: (state, { resource }) => (resource.startsWith('package:') ? undefined : state),
  })
