// docs/benchmarks.md and its plots, made of the results alone: pure.
import type { Bench, Plot } from '../bench.ts'
import { median, type AllResults, type Results } from '../results.ts'
import { goalsTable } from './goals-table.ts'
import { jobTable } from './job-table.ts'
import { plot } from './plot.ts'

/** Texts by their path in the repository. */
export type Pages = ReadonlyMap<string, string>

export const PAGE = 'docs/benchmarks.md'

const ABOUT = [
  'This page compares the speed of mailrun with Ansible, Mitogen and scripts by hand. ' +
    '`npm run bench` writes it from `bench/results`; do not edit it. ' +
    'mailrun and the hosts share one machine. So compare ratios within one benchmark, not seconds: ' +
    'all tools take turns on the same hosts.',
  'Each row shows the median, the least and the most.',
].join('\n')

export function pages(benches: readonly Bench[], all: AllResults): Pages {
  const sections = benches.flatMap((bench) => {
    const results = all.get(bench.name)
    return results === undefined ? [] : [{ bench, results }]
  })
  const text = `# Benchmarks

${ABOUT}

${goalsTable(all)}
${sections.map(({ bench, results }) => section(bench, results)).join('\n')}`
  return new Map([
    [PAGE, text],
    ...sections.flatMap(({ bench, results }) => bench.plots.flatMap((each) => plotOf(bench, results, each))),
  ])
}

const plotFile = (bench: Bench, { job }: Plot): string =>
  `benchmarks/${bench.name}-${job.replace(/[^a-z0-9]+/gi, '-')}.svg`

function section(bench: Bench, results: Results): string {
  const jobs = [...new Set(results.measured.map(({ job }) => job))]
  const versions = Object.entries(results.versions).map(([name, version]) => `${name} ${version}`)
  const parts = jobs.map((job) => {
    const plots = bench.plots
      .filter((each) => each.job === job)
      .map((each) => `![${each.title}](${plotFile(bench, each)})\n\n`)
    const head = jobs.length > 1 ? `### ${job.replace(/^./, (first) => first.toUpperCase())}\n\n` : ''
    return `${head}${plots.join('')}${jobTable(bench, results, job)}`
  })
  const minutes = Math.max(1, Math.round(results.minutes))
  const withLoad = results.load === undefined ? '' : `, load average before ${results.load}`
  const withVersions = versions.length > 0 ? `; ${versions.join(', ')}` : ''
  return `## ${bench.title}

${bench.about.trim()}

\`npm run bench ${bench.name}\`, ${results.day}, ${minutes} min, on ${results.machine}${withLoad}${withVersions}.

${parts.join('\n')}`
}

function plotOf(bench: Bench, results: Results, each: Plot): [string, string][] {
  const measured = results.measured.filter(({ job }) => job === each.job)
  const unit = measured[0]?.unit
  const shownOnes = measured.filter((one) => one.unit === unit)
  if (unit === undefined) return []
  const places = [...new Set(shownOnes.map(({ at }) => at))].sort((a, b) => a - b)
  const lines = [...new Set(shownOnes.map(({ who }) => who))].map((name) => ({
    name,
    points: shownOnes
      .filter(({ who }) => who === name)
      .sort((a, b) => a.at - b.at)
      .map(({ at, values }) => ({
        x: at,
        median: median(values),
        least: Math.min(...values),
        most: Math.max(...values),
      })),
  }))
  return [[`docs/${plotFile(bench, each)}`, plot(each.title, bench.at, unit === 's' ? 'seconds' : unit, places, lines)]]
}
