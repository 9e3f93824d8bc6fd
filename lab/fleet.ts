// Which hosts a lab of a given size has, and how each is reached: pure.

export type Profile = 'postfix' | 'bare' | 'tools'

export interface LabHost {
  readonly name: string
  readonly profile: Profile
  readonly user: 'root' | 'ops' | 'admin'
  /** `no` for root; otherwise whether sudo asks for a password. */
  readonly sudo: 'no' | 'free' | 'password'
  /** The last number of its IPv4 address; its controller is 1. */
  readonly number: number
}

export const MAX_HOSTS = 200
export const TOOLS_HOST = 'verify'

/** mx1 … mxN: odd ones with Postfix, even ones bare; mx3 alone asks for a sudo password. */
export function fleet(size: number, tools: boolean): readonly LabHost[] {
  const hosts = Array.from({ length: size }, (_, index) => mailHost(index + 1))
  return tools ? [...hosts, { name: TOOLS_HOST, profile: 'tools', user: 'root', sudo: 'no', number: 9 }] : hosts
}

function mailHost(index: number): LabHost {
  const named = { name: `mx${index}`, profile: index % 2 === 1 ? 'postfix' : 'bare', number: 10 + index } as const
  if (index === 3) return { ...named, user: 'admin', sudo: 'password' }
  const root = index === 1 || (index > 3 && index % 2 === 0)
  return root ? { ...named, user: 'root', sudo: 'no' } : { ...named, user: 'ops', sudo: 'free' }
}
