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
  /** `YYYY-MM-DD`. */
  readonly today: string
}

export interface ReleaseOptions {
  /** `major`, `minor`, `patch`, or the version itself. */
  readonly to: string
  /** npm signs where the package was built; it can on GitHub Actions and GitLab CI alone. */
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

function problemsOf(
  { changed, branch, tags }: ReleaseState,
  version: string | undefined,
  to: string,
  notes: string,
): readonly string[] {
  return [
    ...(version === undefined ? [`${to} is no version: patch, minor, major, or one such as 1.2.3 is wanted`] : []),
    ...(version !== undefined && tags.includes(`v${version}`) ? [`the tag v${version} is there already`] : []),
    ...(notes === '' ? ['CHANGELOG.md says nothing below [Unreleased]: write what users will notice'] : []),
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

function commandsOf(version: string, provenance: boolean): ReleasePlan['commands'] {
  const publish = [
    '--access=public',
    ...(provenance ? ['--provenance'] : []),
    // What is tried by few is not what everybody installs.
    ...(version.includes('-') ? ['--tag=next'] : []),
  ]
  return [
    ['npm', 'version', version, '--no-git-tag-version', '--ignore-scripts'],
    ['npm', 'pack', '--pack-destination=dist/release'],
    ['npx', '--no-install', 'publint', 'run', '--strict', 'TARBALL'],
    ['npx', '--no-install', 'attw', '--profile=esm-only', 'TARBALL'],
    ['git', 'commit', '--all', `--message=Release ${version}`],
    ['git', 'tag', '--annotate', `v${version}`, `--message=mailrun ${version}`],
    ['npm', 'publish', 'TARBALL', ...publish],
    ['npm', 'publish', './create-mailrun', ...publish],
    ['git', 'push', '--follow-tags'],
  ]
}
