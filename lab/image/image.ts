// The images that hosts are made of: layers in the cache, shared by all labs, side by side for each release.
import { join } from 'node:path'
import { isMailHost, type LabHost, type Profile } from '../fleet.ts'
import { internetDigest } from '../internet/recipe.ts'
import type { Lab } from '../lab.ts'
import { REPOSITORY, imageDigest, pythonDigest } from './recipe.ts'
import type { Release } from './releases.ts'

export interface Image {
  /** The name of its directory in the cache. */
  readonly digest: string
  /** Of the layers of name servers and the receiver; `undefined` in a lab without them. */
  readonly internet: string | undefined
  /** Of the layers that give mail hosts Python; `undefined` in a lab without it. */
  readonly python: string | undefined
  /** Changes if a host of this profile would get other contents. */
  digestFor(profile: Profile): string
  /** Directories for an overlay, the topmost first. */
  layers(profile: Profile): readonly string[]
  /** Read-only in every host: path here → path there. */
  readonly binds: Readonly<Record<string, string>>
}

/** Digests of the optional parts of a lab. */
export type Further = Pick<Image, 'internet' | 'python'>

/** The images from which a lab's hosts were made. The present images may be newer. */
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
  const binds = { [join(at, 'repository')]: REPOSITORY }
  return { digest, internet, python, digestFor, layers: (profile) => [...own[profile], ...fleet], binds }
}

/** What the images of one release must contain for a lab. */
export interface ImageParts {
  readonly tools: boolean
  readonly internet: boolean
  readonly python: boolean
}

/** The image of the present recipe. */
export const imageOfToday = (lab: Lab, release: Release, { internet, python }: Omit<ImageParts, 'tools'>): Image =>
  imageAt(lab, imageDigest(release), {
    internet: internet ? internetDigest() : undefined,
    python: python ? pythonDigest() : undefined,
  })

/** Which parts the hosts of this release need. A pure function. */
export function partsFor(hosts: readonly LabHost[], release: Release, python: boolean): ImageParts {
  const profiles = hosts.filter((host) => host.release === release)
  return {
    tools: profiles.some(({ profile }) => profile === 'tools'),
    internet: profiles.some(({ profile }) => profile === 'dns' || profile === 'receiver'),
    python: python && profiles.some(isMailHost),
  }
}
