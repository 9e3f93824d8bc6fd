// Computes which hosts a lab has, and how each is reached. Pure functions.

import { DEFAULT_RELEASE, type Release } from './image/releases.ts'

export type Profile = 'postfix' | 'bare' | 'tools' | 'dns' | 'receiver'

export interface LabHost {
  readonly name: string
  readonly profile: Profile
  readonly release: Release
  readonly user: 'root' | 'ops' | 'admin'
  /** `no` for root; otherwise whether sudo asks for a password. */
  readonly sudo: 'no' | 'free' | 'password'
  /** The last number of its IPv4 address; its controller is 1. */
  readonly number: number
}

export interface FleetShape {
  /** Mail hosts. */
  readonly size: number
  readonly tools: boolean
  /** Anything but `undefined`: also name servers and the receiver. */
  readonly internet?: string | undefined
  /** Left out: the default alone. Hosts of all kinds are spread over them, see {@link fleet}. */
  readonly releases?: readonly Release[]
}

export const MAX_HOSTS = 200
export const TOOLS_HOST = 'verify'
export const INTERNET_HOSTS = ['ns1', 'ns2', 'resolver', 'receiver'] as const

/**
 * mx1 … mxN: odd ones with Postfix, even ones bare; mx3 alone asks for a sudo password.
 *
 * Of several releases, hosts with Postfix take turns beginning with the first, bare ones beginning with the second: two
 * hosts are of two releases, four have each release with and without Postfix. A larger lab changes none of them. All
 * other hosts are of the first release.
 */
export function fleet({ size, tools, internet, releases = [] }: FleetShape): readonly LabHost[] {
  const first = releases[0] ?? DEFAULT_RELEASE
  const hosts = Array.from({ length: size }, (_, index) => mailHost(index + 1, releases))
  return [
    // First: the mail hosts find their names in them.
    ...(internet === undefined
      ? []
      : INTERNET_HOSTS.map((name, index) =>
          rootHost(name, name === 'receiver' ? 'receiver' : 'dns', first, 2 + index),
        )),
    ...hosts,
    ...(tools ? [rootHost(TOOLS_HOST, 'tools', first, 9)] : []),
  ]
}

/** Whether it is one of mx1 … mxN. */
export const isMailHost = ({ profile }: LabHost): boolean => profile === 'postfix' || profile === 'bare'

function mailHost(index: number, releases: readonly Release[]): LabHost {
  const postfix = index % 2 === 1
  const turn = Math.floor((index - 1) / 2) + (postfix ? 0 : 1)
  const host = {
    name: `mx${index}`,
    profile: postfix ? 'postfix' : 'bare',
    release: releases[turn % releases.length] ?? DEFAULT_RELEASE,
    number: 10 + index,
  } as const
  if (index === 3) return { ...host, user: 'admin', sudo: 'password' }
  const root = index === 1 || (index > 3 && !postfix)
  return root ? { ...host, user: 'root', sudo: 'no' } : { ...host, user: 'ops', sudo: 'free' }
}

function rootHost(name: string, profile: Profile, release: Release, number: number): LabHost {
  return { name, profile, release, user: 'root', sudo: 'no', number }
}
