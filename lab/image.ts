// Builds the images that hosts are made of, once for all labs, as layers in the cache.
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { aptProxies, debianSources, refreshLists } from './apt-sources.ts'
import { buildRepository } from './apt-repository.ts'
import { containerCommand, removeControlGroups } from './nspawn.ts'
import type { Profile } from './fleet.ts'
import type { Lab } from './lab.ts'
import { local } from './local.ts'
import { withLock } from './lock.ts'
import { removeTree, unmountBelow } from './mounts.ts'
import { mountOverlay } from './overlay.ts'
import {
  DNS_PACKAGES,
  DNS_SCRIPT,
  INTERNET_REPOSITORY,
  RECEIVER_PACKAGES,
  RECEIVER_SCRIPT,
  internetDigest,
} from './internet/recipe.ts'
import {
  BASE_PACKAGES,
  BECOME_PACKAGES,
  DPKG_OPTIONS,
  FLEET_SCRIPT,
  KNOT_PACKAGES,
  MAIL_PACKAGES,
  POSTFIX_SCRIPT,
  PYTHON_PACKAGES,
  PYTHON_SCRIPT,
  RELEASE,
  REPOSITORY,
  SHELL_PACKAGES,
  TOOLS_PACKAGES,
  TOOLS_SCRIPT,
  imageDigest,
  pythonDigest,
} from './recipe.ts'
import { say } from './say.ts'
import { TEST_PACKAGES } from './test-packages.ts'

export interface Image {
  readonly digest: string
  /** Of the layers of name servers and the receiver; `undefined` in a lab without them. */
  readonly internet: string | undefined
  /** Of the layers that give mail hosts Python; `undefined` in a lab without it. */
  readonly python: string | undefined
  /** Changes when a host of that profile would be made of something else. */
  digestFor(profile: Profile): string
  /** Directories for an overlay, the topmost first. */
  layers(profile: Profile): readonly string[]
  /** Read-only in every host: path here → path there. */
  readonly binds: Readonly<Record<string, string>>
}

/** Digests of what a lab may have further. */
export type Further = Pick<Image, 'internet' | 'python'>

/** The images that a lab's hosts were made from, which need not be today's. */
export function imageAt(lab: Lab, digest: string, { internet, python }: Further): Image {
  const at = join(lab.cacheDir, digest)
  const fleet = [join(at, 'fleet'), join(at, 'base')]
  const ofInternet = join(at, `internet-${internet}`)
  const withPython = (profile: 'bare' | 'postfix'): readonly string[] =>
    python === undefined ? [] : [join(at, `python-${python}`, profile)]
  const own: Readonly<Record<Profile, readonly string[]>> = {
    bare: withPython('bare'),
    postfix: [...withPython('postfix'), join(at, 'postfix')],
    tools: [join(at, 'tools')],
    dns: [join(ofInternet, 'dns')],
    receiver: [join(ofInternet, 'receiver'), join(at, 'postfix')],
  }
  const digestFor = (profile: Profile): string => {
    if (profile === 'dns' || profile === 'receiver') return `${digest}-${internet}`
    return python === undefined || profile === 'tools' ? digest : `${digest}-python-${python}`
  }
  return {
    digest,
    internet,
    python,
    digestFor,
    layers: (profile) => [...own[profile], ...fleet],
    binds: { [join(at, 'repository')]: REPOSITORY },
  }
}

/**
 * Gives the images of today's recipe, building what is missing: some 40 s, and 20 s more each for the tools, for the
 * internet and for Python. A build goes into a directory of its own and is renamed at the end: one that was killed
 * leaves nothing that is used.
 */
export async function ensureImage(
  lab: Lab,
  { tools, internet, python }: { readonly tools: boolean; readonly internet: boolean; readonly python: boolean },
): Promise<Image> {
  const image = imageAt(lab, imageDigest(), {
    internet: internet ? internetDigest() : undefined,
    python: python ? pythonDigest() : undefined,
  })
  const at = join(lab.cacheDir, image.digest)
  const further = [
    ...(tools ? [{ target: join(at, 'tools'), fill: buildTools }] : []),
    ...(internet ? [{ target: join(at, `internet-${image.internet}`), fill: buildInternet }] : []),
    ...(python ? [{ target: join(at, `python-${image.python}`), fill: buildPython }] : []),
  ]
  if ([at, ...further.map(({ target }) => target)].every((path) => existsSync(path))) return image
  return withLock(join(lab.cacheDir, 'lock'), async () => {
    await sweep(lab.cacheDir, image.digest)
    await sweepFurther(at, [`internet-${internetDigest()}`, `python-${pythonDigest()}`])
    await mkdir(lab.cacheDir, { recursive: true, mode: 0o755 })
    if (!existsSync(at)) {
      await refreshLists()
      await build(lab.cacheDir, at, buildMail)
    }
    for (const { target, fill } of further) {
      if (existsSync(target)) continue
      await refreshLists()
      await build(lab.cacheDir, target, (building) => fill(building, at))
    }
    return image
  })
}

async function build(cache: string, target: string, fill: (building: string) => Promise<string>): Promise<void> {
  const building = join(cache, `building-${process.pid}-${Date.now()}`)
  await mkdir(building, { mode: 0o755 })
  try {
    const filled = await fill(building)
    await unmountBelow(building)
    await rename(filled, target)
  } finally {
    await removeTree(building)
  }
}

async function buildMail(building: string): Promise<string> {
  const base = join(building, 'image/base')
  const repository = join(building, 'image/repository')
  await mkdir(join(building, 'image'), { mode: 0o755 })
  say(`building the base image of Debian ${RELEASE}`)
  const sources = join(building, 'sources.list')
  await writeFile(sources, await debianSources())
  const dpkg = DPKG_OPTIONS.map((option) => `--dpkgopt=${option}`)
  const apt = ['Acquire::Languages "none";', ...(await aptProxies())].map((option) => `--aptopt=${option}`)
  await local(
    '',
  )`mmdebstrap --quiet --mode=root --variant=minbase --include=${BASE_PACKAGES.join(',')} ${dpkg} ${apt} ${RELEASE} ${base} ${sources}`
  say('downloading packages for the hosts')
  await buildRepository(
    repository,
    base,
    [...MAIL_PACKAGES, ...SHELL_PACKAGES, ...BECOME_PACKAGES, ...KNOT_PACKAGES],
    TEST_PACKAGES,
  )
  say('preparing the hosts: bare, postfix')
  const fleet = await buildLayer(join(building, 'fleet'), [base], { [repository]: REPOSITORY }, FLEET_SCRIPT)
  await rename(fleet, join(building, 'image/fleet'))
  const postfix = await buildLayer(
    join(building, 'postfix'),
    [join(building, 'image/fleet'), base],
    { [repository]: REPOSITORY },
    POSTFIX_SCRIPT,
  )
  await rename(postfix, join(building, 'image/postfix'))
  return join(building, 'image')
}

async function buildTools(building: string, at: string): Promise<string> {
  say('building the image with BIND and verifiers')
  const repository = join(building, 'repository')
  await buildRepository(repository, join(at, 'base'), TOOLS_PACKAGES, [])
  const binds = { [join(at, 'repository')]: REPOSITORY, [repository]: `${REPOSITORY}-tools` }
  return buildLayer(join(building, 'tools'), [join(at, 'fleet'), join(at, 'base')], binds, TOOLS_SCRIPT)
}

async function buildInternet(building: string, at: string): Promise<string> {
  say('building the images of name servers and of the receiver')
  const [repository, layers] = [join(building, 'repository'), join(building, 'image')]
  await buildRepository(repository, join(at, 'base'), [...DNS_PACKAGES, ...RECEIVER_PACKAGES], [])
  const binds = { [join(at, 'repository')]: REPOSITORY, [repository]: INTERNET_REPOSITORY }
  await mkdir(layers, { mode: 0o755 })
  const dns = await buildLayer(join(building, 'dns'), [join(at, 'fleet'), join(at, 'base')], binds, DNS_SCRIPT)
  await rename(dns, join(layers, 'dns'))
  const receiver = await buildLayer(
    join(building, 'receiver'),
    [join(at, 'postfix'), join(at, 'fleet'), join(at, 'base')],
    binds,
    RECEIVER_SCRIPT,
  )
  await rename(receiver, join(layers, 'receiver'))
  return layers
}

/** A layer for each kind of mail host, for packages are told in one file of dpkg's. */
async function buildPython(building: string, at: string): Promise<string> {
  say('building the images of mail hosts with Python')
  const [repository, layers] = [join(building, 'repository'), join(building, 'image')]
  await buildRepository(repository, join(at, 'base'), PYTHON_PACKAGES, [])
  const binds = { [join(at, 'repository')]: REPOSITORY, [repository]: `${REPOSITORY}-python` }
  const below = {
    bare: [join(at, 'fleet'), join(at, 'base')],
    postfix: [join(at, 'postfix'), join(at, 'fleet'), join(at, 'base')],
  }
  await mkdir(layers, { mode: 0o755 })
  for (const [profile, on] of Object.entries(below))
    await rename(await buildLayer(join(building, profile), on, binds, PYTHON_SCRIPT), join(layers, profile))
  return layers
}

/** Runs the script as root in an overlay and gives the directory of what it wrote. */
async function buildLayer(
  dir: string,
  layers: readonly string[],
  binds: Readonly<Record<string, string>>,
  script: string,
): Promise<string> {
  await mkdir(dir, { mode: 0o755 })
  const root = await mountOverlay(dir, layers)
  const machine = `mlbuild-${process.pid}`
  const command = containerCommand({ machine, root, binds, runs: { program: ['/bin/sh', '-eu'] } })
  await local(script)`${command}`
  await removeControlGroups(machine)
  await unmountBelow(root)
  return join(dir, 'upper')
}

/** Removes builds that were killed, and images of other recipes that no mounted host is made of. */
async function sweep(cache: string, digest: string): Promise<void> {
  const mounted = readFileSync('/proc/self/mountinfo', 'utf8')
  for (const name of await readdir(cache).catch(() => [])) {
    const path = join(cache, name)
    const old = /^[0-9a-f]{16}$/.test(name) && name !== digest && !mounted.includes(`${path}/`)
    if (name.startsWith('building-') || old) await removeTree(path)
    else if (name.endsWith('.new')) await rm(path)
  }
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
