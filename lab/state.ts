// The state of a lab between commands: state.json in its state directory.
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Lab } from './lab.ts'
import { LabError } from './lab-error.ts'
import { DEFAULT_RELEASE, type Release } from './image/releases.ts'

export interface LabState {
  readonly size: number
  readonly tools: boolean
  /** The first three numbers of its /24: `10.231.7`. */
  readonly subnet: string
  readonly rttMs: number
  readonly lossPercent: number
  /** At least one; which host is of which, `fleet` says. */
  readonly releases: readonly Release[]
  /** Digests of the images that its hosts were made from. */
  readonly images: Readonly<Partial<Record<Release, string>>>
  /** Digest of the layers of name servers and the receiver; missing in a lab without them. */
  readonly internet?: string | undefined
  /** Digest of the layers with Python; missing in a lab whose mail hosts have none. */
  readonly python?: string | undefined
}

/** `undefined` where there is no such lab. */
export async function readState(lab: Lab): Promise<LabState | undefined> {
  const path = join(lab.stateDir, 'state.json')
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return withReleases(JSON.parse(text) as LabState | FormerState)
  } catch (error) {
    throw new LabError(
      `${path} is not JSON (${(error as Error).message}): remove it and the lab with "lab down --name ${lab.name}"`,
    )
  }
}

/** Of a lab that was made before there were releases. */
interface FormerState extends Omit<LabState, 'releases' | 'images'> {
  readonly image: string
}

function withReleases(state: LabState | FormerState): LabState {
  if (!('image' in state)) return state
  const { image, ...rest } = state
  return { ...rest, releases: [DEFAULT_RELEASE], images: { [DEFAULT_RELEASE]: image } }
}

export async function writeState(lab: Lab, state: LabState): Promise<void> {
  await mkdir(lab.stateDir, { recursive: true, mode: 0o755 })
  const path = join(lab.stateDir, 'state.json')
  await writeFile(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`)
  await rename(`${path}.new`, path)
}

/** @throws LabError where the lab is not up. */
export async function requireState(lab: Lab): Promise<LabState> {
  const state = await readState(lab)
  if (state !== undefined) return state
  const named = lab.name === 'lab' ? '' : ` -- --name ${lab.name}`
  throw new LabError(`there is no lab "${lab.name}": make it with "npm run lab up${named}"`)
}

/** The subnets of all labs beside this one, running or not. */
export async function subnetsOfOthers(lab: Lab): Promise<readonly string[]> {
  const root = dirname(lab.stateDir)
  const names = await readdir(root).catch(() => [])
  const others = names.filter((name) => join(root, name) !== lab.stateDir)
  const texts = await Promise.all(
    others.map((name) => readFile(join(root, name, 'state.json'), 'utf8').catch(() => '')),
  )
  return texts.flatMap((text) => /"subnet": "([\d.]+)"/.exec(text)?.[1] ?? [])
}
