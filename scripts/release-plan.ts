// What a release changes and runs, worked out from the repository's files: pure, so that a dry run is the plan itself.

/** The repository before a release. */
export interface ReleaseState {
  readonly version: string
  readonly changelog: string
  /** Files of text that may name the version, by path: READMEs, docs, the package that starts projects. */
  readonly texts: ReadonlyMap<string, string>
  /** As `git status --porcelain` prints them. */
  readonly changed: readonly string[]
  readonly branch: string
  readonly tags: readonly string[]
  /** Of these the ones at HEAD. */
  readonly headTags: readonly string[]
  /** Packages whose present version the registry has; it is asked where HEAD is a release of it. */
  readonly published: readonly string[]
  /** `YYYY-MM-DD`. */
  readonly today: string
}

export interface ReleaseOptions {
  /** `major`, `minor`, `patch`, or the version itself. */
  readonly to: string
  /** npm signs where the package was built; this is done on GitHub Actions alone. */
  readonly provenance: boolean
}

export interface ReleasePlan {
  readonly version: string
  /** Why it cannot be released. */
  readonly problems: readonly string[]
  /** Files with their new texts. */
  readonly files: ReadonlyMap<string, string>
  /** What CHANGELOG.md says of this version. */
  readonly notes: string
  /** Commands in this order, after the files are written. `TARBALL` stands for what was packed. */
  readonly commands: readonly (readonly string[])[]
}

const VERSION = /^(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?$/
const UNRELEASED = '## [Unreleased]\n'
const STARTER = 'create-mailrun/package.json'

export function planRelease(state: ReleaseState, { to, provenance }: ReleaseOptions): ReleasePlan {
  if (isBegun(state, to)) return continued(state, provenance)
  const version = nextVersion(state.version, to)
  const notes = notesIn(state.changelog)
  return {
    version: version ?? to,
    problems: problemsOf(state, version, to, notes),
    files: version === undefined ? new Map() : filesOf(state, version),
    notes,
    commands: version === undefined ? [] : commandsOf(version, provenance),
  }
}

const PACKAGES = { mailrun: 'TARBALL', 'create-mailrun': './create-mailrun' } as const

/** Those whose present version the registry does not have. */
const unpublishedOf = ({ published }: ReleaseState): readonly string[] =>
  Object.keys(PACKAGES).filter((name) => !published.includes(name))

/** HEAD is the release of this very version, which is not published whole; and no other version is asked for. */
const isBegun = (state: ReleaseState, to: string): boolean =>
  state.headTags.includes(`v${state.version}`) &&
  unpublishedOf(state).length > 0 &&
  ['patch', 'minor', 'major', state.version].includes(to)

/** Commit and tag are there: packs it again, publishes what the registry does not have, and pushes. */
function continued(state: ReleaseState, provenance: boolean): ReleasePlan {
  const { version } = state
  return {
    version,
    problems: placeProblems(state),
    files: new Map(),
    notes: notesOf(state.changelog, version),
    commands: [...CHECKS, ...publishCommands(version, provenance, unpublishedOf(state)), PUSH],
  }
}

/** `undefined` for what is no version. */
function nextVersion(now: string, to: string): string | undefined {
  const [major = 0, minor = 0, patch = 0] = (VERSION.exec(now) ?? []).slice(1, 4).map(Number)
  if (to === 'major') return `${major + 1}.0.0`
  if (to === 'minor') return `${major}.${minor + 1}.0`
  if (to === 'patch') return `${major}.${minor}.${patch + 1}`
  return VERSION.test(to) ? to : undefined
}

/** Below `Unreleased`, up to the version before. */
function notesIn(changelog: string): string {
  const [, after = ''] = changelog.split(UNRELEASED)
  return after.split(/^## \[/m)[0]!.trim()
}

/** Below the version, up to the one before. */
function notesOf(changelog: string, version: string): string {
  const [, after = ''] = changelog.split(`## [${version}]`)
  return after
    .replace(/^.*\n/, '')
    .split(/^## \[/m)[0]!
    .trim()
}

function problemsOf(state: ReleaseState, version: string | undefined, to: string, notes: string): readonly string[] {
  return [
    ...(version === undefined ? [`${to} is no version: patch, minor, major, or one such as 1.2.3 is wanted`] : []),
    ...(version !== undefined && state.tags.includes(`v${version}`) ? [`the tag v${version} is there already`] : []),
    ...(notes === '' ? ['CHANGELOG.md says nothing below [Unreleased]: write what users will notice'] : []),
    ...placeProblems(state),
  ]
}

function placeProblems({ branch, changed }: ReleaseState): readonly string[] {
  return [
    ...(branch === 'main' ? [] : [`the branch is ${branch}: releases are made from main`]),
    ...(changed.length === 0 ? [] : [`files are not committed:\n${changed.map((line) => `  ${line}`).join('\n')}`]),
  ]
}

function filesOf({ version: before, changelog, texts, today }: ReleaseState, version: string): ReleasePlan['files'] {
  const files = new Map([
    ['CHANGELOG.md', changelog.replace(UNRELEASED, `${UNRELEASED}\n## [${version}] - ${today}\n`)],
  ])
  for (const [path, text] of texts) {
    const [from, into] = path === STARTER ? [`"${before}"`, `"${version}"`] : [`-${before}.tgz`, `-${version}.tgz`]
    const renamed = text.replaceAll(from, into)
    if (renamed !== text) files.set(path, renamed)
  }
  return files
}

/** Harmless: they write into dist alone. */
const CHECKS: ReleasePlan['commands'] = [
  ['npm', 'pack', '--pack-destination=dist/release'],
  ['npx', '--no-install', 'publint', 'run', '--strict', 'TARBALL'],
  ['npx', '--no-install', 'attw', '--profile=esm-only', 'TARBALL'],
]

const PUSH = ['git', 'push', '--follow-tags']

const commandsOf = (version: string, provenance: boolean): ReleasePlan['commands'] => [
  ['npm', 'version', version, '--no-git-tag-version', '--ignore-scripts'],
  ...CHECKS,
  ['git', 'commit', '--all', `--message=Release ${version}`],
  ['git', 'tag', '--annotate', `v${version}`, `--message=mailrun ${version}`],
  ...publishCommands(version, provenance, Object.keys(PACKAGES)),
  PUSH,
]

function publishCommands(version: string, provenance: boolean, names: readonly string[]): ReleasePlan['commands'] {
  const flags = [
    '--access=public',
    ...(provenance ? ['--provenance'] : []),
    // What is tried by few is not what everybody installs.
    ...(version.includes('-') ? ['--tag=next'] : []),
  ]
  return Object.entries(PACKAGES).flatMap(([name, what]) =>
    names.includes(name) ? [['npm', 'publish', what, ...flags]] : [],
  )
}
