// Reads the flags that npm takes for itself (those before `--`) from the environment. Without this, `npm run lab down
// --name=demo` would end another lab.
import { LabError } from './lab-error.ts'

const VALUED = ['name', 'rtt', 'loss', 'release'] as const
const SWITCHES = ['tools', 'internet', 'python'] as const
const OURS = [...VALUED, ...SWITCHES] as const

/**
 * The flags that npm took, as arguments again: `--rtt=50`, `--tools`.
 *
 * @throws LabError that shows how to write it where npm lost a value: of `--rtt 50` it keeps `true`, and 50 becomes one
 *   more argument.
 */
export function flagsTakenByNpm(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): readonly string[] {
  if (env['npm_lifecycle_event'] !== 'lab') return []
  const taken = OURS.flatMap((flag): readonly (readonly [(typeof OURS)[number], string])[] => {
    const value = env[`npm_config_${flag}`]
    return value === undefined ? [] : [[flag, value]]
  })
  const lost = VALUED.filter((flag) =>
    taken.some(([each, value]) => each === flag && (value === 'true' || value === '')),
  )
  if (lost.length > 0) {
    const flags = lost.map((flag) => `--${flag}`)
    const valued = flags.map((flag) => `${flag}=VALUE`).join(' ')
    const behind = [args[0] ?? 'up', '…', ...flags].join(' ')
    throw new LabError(
      `npm kept ${flags.join(' and ')} for itself: write "${valued}", ` +
        `or "npm run lab -- ${behind} …", with "--" before what is meant for the lab`,
    )
  }
  return taken.flatMap(([flag, value]) => {
    const isSwitch = SWITCHES.some((each) => each === flag)
    if (isSwitch) return value === 'true' ? [`--${flag}`] : []
    return [`--${flag}=${value}`]
  })
}
