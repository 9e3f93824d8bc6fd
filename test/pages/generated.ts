// Every page, and every part of a page, that is made of something else in the repository.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BENCHES } from '../../bench/benches.ts'
import { pages as benchPages } from '../../bench/page/page.ts'
import { withSpeed } from '../../bench/page/readme.ts'
import { readResults } from '../../bench/results.ts'
import { PROFILES } from '../brownfield/profiles.ts'
import { aboutSuite, labSuites, recordedSeconds } from '../lab-suites.ts'
import { MAIN, ROOT } from '../unit/cli/mailrun.ts'
import { BACKENDS } from '../../src/dns/backends/backends.ts'
import { KEYWORDS } from '../../src/ssh/config/keywords.ts'
import { withBackends } from './backends.ts'
import { withFacts } from './facts.ts'
import { findingsPage } from './findings.ts'
import { withFormats } from './formats.ts'
import { messagesPage } from './messages.ts'
import { withProfiles } from './profiles.ts'
import { withReleases } from './releases.ts'
import { withKeywords } from './ssh-keywords.ts'
import { withSuites } from './suites.ts'
import { tasksPage } from './tasks.ts'

const WITH_FORMATS = [
  'docs/inventory.md',
  ...['adopt', 'audit', 'rotation', 'verify'].map((name) => `docs/mail/${name}.md`),
]

/** Texts by their paths in the repository. */
export function generatedPages(): ReadonlyMap<string, string> {
  const results = readResults(
    ROOT,
    BENCHES.map(({ name }) => name),
  )
  return new Map([
    ['README.md', withSpeed(present('README.md'), results)],
    ['docs/cli.md', withFormats(withFacts(withHelp(present('docs/cli.md'))), 'docs/cli.md')],
    ...WITH_FORMATS.map((path) => [path, withFormats(present(path), path)] as const),
    [
      'docs/lab.md',
      withProfiles(withSuites(present('docs/lab.md'), labSuites(), recordedSeconds(), aboutSuite), PROFILES),
    ],
    ['docs/connections.md', withKeywords(present('docs/connections.md'), KEYWORDS)],
    ['docs/mail/dns.md', withFormats(withBackends(present('docs/mail/dns.md'), BACKENDS), 'docs/mail/dns.md')],
    ['docs/mail/findings.md', findingsPage()],
    ['docs/messages.md', messagesPage()],
    ['docs/releases.md', withFormats(withReleases(present('docs/releases.md')), 'docs/releases.md')],
    ['docs/tasks.md', tasksPage()],
    ...benchPages(BENCHES, results),
  ])
}

const present = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** The first block of the page is what `mailrun --help` prints. */
function withHelp(page: string): string {
  const { FORCE_COLOR: _, ...env } = process.env
  const help = execFileSync(process.execPath, [MAIN, '--help'], { encoding: 'utf8', env })
  return page.replace(/```text\n[^]*?```/, () => `\`\`\`text\n${help}\`\`\``)
}
