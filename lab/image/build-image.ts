// Builds the images of a release that the cache does not hold yet.
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { buildRepository } from './apt-repository.ts'
import { aptProxies, labApt, type LabApt } from './apt-sources.ts'
import { imageOfToday, type Image, type ImageParts } from './image.ts'
import {
  DNS_PACKAGES,
  DNS_SCRIPT,
  INTERNET_REPOSITORY,
  RECEIVER_PACKAGES,
  RECEIVER_SCRIPT,
  internetDigest,
} from '../internet/recipe.ts'
import type { Lab } from '../lab.ts'
import { local, localFed } from '../local.ts'
import { withLock } from '../lock.ts'
import { removeTree, unmountBelow } from '../hosts/mounts.ts'
import { containerCommand, removeControlGroups } from '../hosts/nspawn.ts'
import { mountOverlay } from '../hosts/overlay.ts'
import {
  BASE_PACKAGES,
  DPKG_OPTIONS,
  FLEET_SCRIPT,
  PYTHON_PACKAGES,
  PYTHON_REPOSITORY,
  POSTFIX_SCRIPT,
  PYTHON_SCRIPT,
  REPOSITORY,
  REPOSITORY_PACKAGES,
  TOOLS_REPOSITORY,
  pythonDigest,
  toolsPackages,
  toolsScript,
} from './recipe.ts'
import type { Release } from './releases.ts'
import { say } from '../say.ts'
import { TEST_PACKAGES } from './test-packages.ts'

/** What a build is given. */
interface Build {
  readonly release: Release
  readonly apt: LabApt
  /** A directory of its own, removed afterwards. */
  readonly building: string
  /** Where the images of the release lie, or will lie. */
  readonly at: string
}

/**
 * Gives the images of today's recipe, building what is missing: some 40 s, and 20 s more each for the tools, for the
 * internet and for Python. A build goes into a directory of its own and is renamed at the end: one that was killed
 * leaves nothing that is used.
 */
export async function ensureImage(lab: Lab, release: Release, parts: ImageParts): Promise<Image> {
  const image = imageOfToday(lab, release, parts)
  const at = join(lab.cacheDir, image.digest)
  const wanted = [
    { target: at, fill: buildMail },
    ...(parts.tools ? [{ target: join(at, 'tools'), fill: buildTools }] : []),
    ...(parts.internet ? [{ target: join(at, `internet-${image.internet}`), fill: buildInternet }] : []),
    ...(parts.python ? [{ target: join(at, `python-${image.python}`), fill: buildPython }] : []),
  ]
  if (wanted.every(({ target }) => existsSync(target))) return image
  return withLock(join(lab.cacheDir, `lock-${release}`), async () => {
    await sweep(lab.cacheDir, release, image.digest)
    await sweepFurther(at, [`internet-${internetDigest()}`, `python-${pythonDigest()}`])
    await mkdir(lab.cacheDir, { recursive: true, mode: 0o755 })
    const apt = await labApt(join(lab.cacheDir, 'apt', release), release)
    for (const { target, fill } of wanted) {
      if (!existsSync(target)) await build(lab.cacheDir, target, { release, apt, at }, fill)
    }
    return image
  })
}

async function build(
  cache: string,
  target: string,
  given: Omit<Build, 'building'>,
  fill: (build: Build) => Promise<string>,
): Promise<void> {
  const building = join(cache, `building-${given.release}-${process.pid}-${Date.now()}`)
  await mkdir(building, { mode: 0o755 })
  try {
    const filled = await fill({ ...given, building })
    await unmountBelow(building)
    await rename(filled, target)
  } finally {
    await removeTree(building)
  }
}

async function buildMail({ release, apt, building }: Build): Promise<string> {
  const base = join(building, 'image/base')
  const repository = join(building, 'image/repository')
  await mkdir(join(building, 'image'), { mode: 0o755 })
  say(`building the base image of Debian ${release}`)
  const dpkg = DPKG_OPTIONS.map((option) => `--dpkgopt=${option}`)
  const options = ['Acquire::Languages "none";', ...(await aptProxies())].map((option) => `--aptopt=${option}`)
  const include = `--include=${BASE_PACKAGES.join(',')}`
  const how = ['--quiet', '--mode=root', '--variant=minbase', include, ...dpkg, ...options]
  await local`mmdebstrap ${how} ${release} ${base} ${apt.sourcesPath}`
  say(`downloading packages for the hosts of Debian ${release}`)
  await buildRepository(repository, apt, base, REPOSITORY_PACKAGES, TEST_PACKAGES)
  say(`preparing the hosts of Debian ${release}: bare, postfix`)
  const binds = { [repository]: REPOSITORY }
  const layer = (name: string, layers: readonly string[], script: string): Promise<string> =>
    buildLayer({ dir: join(building, name), release, layers, binds, script })
  const fleet = join(building, 'image/fleet')
  await rename(await layer('fleet', [base], FLEET_SCRIPT), fleet)
  await rename(await layer('postfix', [fleet, base], POSTFIX_SCRIPT), join(building, 'image/postfix'))
  return join(building, 'image')
}

async function buildTools({ release, apt, building, at }: Build): Promise<string> {
  say(`building the image with BIND and verifiers of Debian ${release}`)
  const repository = join(building, 'repository')
  await buildRepository(repository, apt, join(at, 'base'), toolsPackages(release), [])
  return buildLayer({
    dir: join(building, 'tools'),
    release,
    layers: layersOf(at, 'bare'),
    binds: { [join(at, 'repository')]: REPOSITORY, [repository]: TOOLS_REPOSITORY },
    script: toolsScript(release),
  })
}

async function buildInternet({ release, apt, building, at }: Build): Promise<string> {
  say(`building the images of name servers and of the receiver of Debian ${release}`)
  const [repository, layers] = [join(building, 'repository'), join(building, 'image')]
  await buildRepository(repository, apt, join(at, 'base'), [...DNS_PACKAGES, ...RECEIVER_PACKAGES], [])
  const binds = { [join(at, 'repository')]: REPOSITORY, [repository]: INTERNET_REPOSITORY }
  const layer = (name: string, below: 'bare' | 'postfix', script: string): Promise<string> =>
    buildLayer({ dir: join(building, name), release, layers: layersOf(at, below), binds, script })
  await mkdir(layers, { mode: 0o755 })
  await rename(await layer('dns', 'bare', DNS_SCRIPT), join(layers, 'dns'))
  await rename(await layer('receiver', 'postfix', RECEIVER_SCRIPT), join(layers, 'receiver'))
  return layers
}

/** A layer for each kind of mail host, for packages are reported in one file of dpkg's. */
async function buildPython({ release, apt, building, at }: Build): Promise<string> {
  say(`building the images of mail hosts with Python of Debian ${release}`)
  const [repository, layers] = [join(building, 'repository'), join(building, 'image')]
  await buildRepository(repository, apt, join(at, 'base'), PYTHON_PACKAGES, [])
  const binds = { [join(at, 'repository')]: REPOSITORY, [repository]: PYTHON_REPOSITORY }
  await mkdir(layers, { mode: 0o755 })
  for (const profile of ['bare', 'postfix'] as const) {
    const dir = join(building, profile)
    const below = layersOf(at, profile)
    const built = await buildLayer({ dir, release, layers: below, binds, script: PYTHON_SCRIPT })
    await rename(built, join(layers, profile))
  }
  return layers
}

/** What a finished host of that kind is made of, the topmost first. */
const layersOf = (at: string, profile: 'bare' | 'postfix'): readonly string[] => [
  ...(profile === 'postfix' ? [join(at, 'postfix')] : []),
  join(at, 'fleet'),
  join(at, 'base'),
]

interface Layer {
  readonly dir: string
  readonly release: Release
  readonly layers: readonly string[]
  readonly binds: Readonly<Record<string, string>>
  readonly script: string
}

/** Runs the script as root in an overlay and gives the directory of what it wrote. */
async function buildLayer({ dir, release, layers, binds, script }: Layer): Promise<string> {
  await mkdir(dir, { mode: 0o755 })
  const root = await mountOverlay(dir, layers)
  const machine = `mlbuild-${release}-${process.pid}`
  const command = containerCommand({ machine, root, binds, runs: { program: ['/bin/sh', '-eu'] } })
  await localFed(script)`${command}`
  await removeControlGroups(machine)
  await unmountBelow(root)
  return join(dir, 'upper')
}

/** Removes builds of the release that were killed, and its images of other recipes that no mounted host is made of. */
async function sweep(cache: string, release: Release, digest: string): Promise<void> {
  const mounted = readFileSync('/proc/self/mountinfo', 'utf8')
  for (const name of await readdir(cache).catch(() => [])) {
    const path = join(cache, name)
    if (isLeftOver(name, release, digest) && !mounted.includes(`${path}/`)) await removeTree(path)
    else if (name.startsWith(`building-${release}-`)) await removeTree(path)
  }
}

/** Pure: an image of the release by another recipe; or one of before there were releases. */
export function isLeftOver(name: string, release: Release, digest: string): boolean {
  if (name === digest) return false
  const [, ofRelease] = /^(?:([a-z]+)-)?[0-9a-f]{16}$/.exec(name) ?? []
  return ofRelease === release || /^[0-9a-f]{16}$/.test(name)
}

/** Layers of former recipes that lie beside the images. */
async function sweepFurther(at: string, current: readonly string[]): Promise<void> {
  const mounted = readFileSync('/proc/self/mountinfo', 'utf8')
  for (const name of await readdir(at).catch(() => [])) {
    const path = join(at, name)
    if (/^(internet|python)-/.test(name) && !current.includes(name) && !mounted.includes(`${path}/`))
      await removeTree(path)
  }
}
