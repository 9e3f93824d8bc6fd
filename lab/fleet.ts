// Which hosts a lab of a given shape has, and how each is reached: pure.

export type Profile = 'postfix' | 'bare' | 'tools' | 'dns' | 'receiver'

export interface LabHost {
  readonly name: string
  readonly profile: Profile
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
}

export const MAX_HOSTS = 200
export const TOOLS_HOST = 'verify'
export const INTERNET_HOSTS = ['ns1', 'ns2', 'resolver', 'receiver'] as const

/** mx1 … mxN: odd ones with Postfix, even ones bare; mx3 alone asks for a sudo password. */
export function fleet({ size, tools, internet }: FleetShape): readonly LabHost[] {
  const hosts = Array.from({ length: size }, (_, index) => mailHost(index + 1))
  return [
    // First: the mail hosts find their names in them.
    ...(internet === undefined
      ? []
      : INTERNET_HOSTS.map((name, index) => rootHost(name, name === 'receiver' ? 'receiver' : 'dns', 2 + index))),
    ...hosts,
    ...(tools ? [rootHost(TOOLS_HOST, 'tools', 9)] : []),
  ]
}

/** Whether it is one of mx1 … mxN. */
export const isMailHost = ({ profile }: LabHost): boolean => profile === 'postfix' || profile === 'bare'

function mailHost(index: number): LabHost {
  const named = { name: `mx${index}`, profile: index % 2 === 1 ? 'postfix' : 'bare', number: 10 + index } as const
  if (index === 3) return { ...named, user: 'admin', sudo: 'password' }
  const root = index === 1 || (index > 3 && index % 2 === 0)
  return root ? { ...named, user: 'root', sudo: 'no' } : { ...named, user: 'ops', sudo: 'free' }
}

function rootHost(name: string, profile: Profile, number: number): LabHost {
  return { name, profile, user: 'root', sudo: 'no', number }
}
