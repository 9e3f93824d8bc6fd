// Debian's repositories as this machine's apt is configured to reach them.
import { stat } from 'node:fs/promises'
import { LabError } from './lab-error.ts'
import { local } from './local.ts'
import { RELEASE } from './recipe.ts'
import { say } from './say.ts'

const DAY_MS = 24 * 3600 * 1000

/**
 * Fetches the package lists where there are none of the release, or old ones: stale lists name packages that are gone.
 */
export async function refreshLists(): Promise<void> {
  const fetched = await stat('/var/lib/apt/lists').catch(() => undefined)
  const fresh = fetched !== undefined && Date.now() - fetched.mtimeMs < DAY_MS
  if (fresh && (await debianTargets()).length > 0) return
  say('apt-get update')
  await local('')`apt-get --quiet --quiet update`
}

/**
 * One-line sources (sources.list(5)) of the release's main component, for mmdebstrap.
 *
 * @throws LabError where this machine's apt has no source of that release.
 */
export async function debianSources(): Promise<string> {
  const targets = await debianTargets()
  if (targets.length === 0) {
    throw new LabError(
      `apt on this machine has no source of Debian ${RELEASE}, of which the hosts are made: run the lab on Debian 12, or add that source to /etc/apt/sources.list.d and run "apt-get update"`,
    )
  }
  return targets.map(({ uri, suite }) => `deb ${uri} ${suite} main\n`).join('')
}

/** Proxies that apt uses here, as apt.conf(5) lines. */
export async function aptProxies(): Promise<readonly string[]> {
  const settings = (await local('')`apt-config dump`).split('\n')
  return settings.filter((line) => /^Acquire::https?::Proxy\b/i.test(line))
}

interface Target {
  readonly uri: string
  readonly suite: string
}

async function debianTargets(): Promise<readonly Target[]> {
  const format = '$(ORIGIN)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)'
  const lines = await local('')`apt-get indextargets --format ${format} ${'Created-By: Packages'}`
  return lines.split('\n').flatMap((line) => {
    const [origin, component, suite = '', uri = ''] = line.split('|')
    const suites = [RELEASE, `${RELEASE}-updates`, `${RELEASE}-security`]
    return origin === 'Debian' && component === 'main' && suites.includes(suite) ? [{ uri, suite }] : []
  })
}
