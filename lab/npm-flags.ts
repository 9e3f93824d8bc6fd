// npm keeps flags written before `--` for itself: without this, `npm run lab down --name demo` would end another lab.
import { LabError } from './lab-error.ts'

const OURS = ['name', 'rtt', 'loss', 'tools'] as const

/** @throws LabError that shows how to write it, when npm swallowed one of our flags. */
export function refuseSwallowedFlags(env: Readonly<Record<string, string | undefined>>, args: readonly string[]): void {
  if (env['npm_lifecycle_event'] !== 'lab') return
  const swallowed = OURS.filter((flag) => env[`npm_config_${flag}`] !== undefined)
  if (swallowed.length === 0) return
  const flags = swallowed.map((flag) => `--${flag}`)
  throw new LabError(`npm kept ${flags.join(' and ')} for itself: write "npm run lab -- ${[args[0] ?? 'up', '…', ...flags].join(' ')} …", with "--" before what is meant for the lab`)
}
