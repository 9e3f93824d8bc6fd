// What can be asked of a host besides its resources: named facts, each with its type.

/** A question of its own each. */
export interface GatheredFacts {
  /** `VERSION_CODENAME` of os-release(5): `bookworm`. */
  readonly release: string
  /** `VERSION_ID` of os-release(5): `12`. */
  readonly version: string
  /** As `uname -r` prints it: `6.1.0-18-amd64`. */
  readonly kernel: string
  /** As Debian names it: `amd64`, `arm64`. */
  readonly architecture: string
  /** How many can be used. */
  readonly processors: number
  readonly memory: Memory
  /** File systems of its own disks, that are mounted. */
  readonly disks: readonly Disk[]
  /** All but loopback and link-local ones, of IPv4 and IPv6. */
  readonly addresses: readonly string[]
  /** Of IPv4, by the least metric; `null`: there is none. */
  readonly defaultRoute: Route | null
  /** Of IPv6. */
  readonly defaultRoute6: Route | null
  /** What the host calls itself: the kernel's host name. */
  readonly hostname: string
  /** `mail_version` of Postfix: `3.7.11`; `null`: it is not installed. */
  readonly postfixVersion: string | null
  /** Of the program opendkim(8): `2.11.0`; `null`: it is not installed. */
  readonly opendkimVersion: string | null
}

/** In bytes. */
export interface Memory {
  readonly total: number
  /** What programs can be given without swapping. */
  readonly available: number
  readonly swapTotal: number
  readonly swapFree: number
}

/** A file system; sizes in bytes. */
export interface Disk {
  readonly mount: string
  readonly device: string
  /** `ext4` */
  readonly type: string
  readonly size: number
  /** For who is not root. */
  readonly available: number
}

export interface Route {
  readonly interface: string
  /** `null`: what is there can be reached without one. */
  readonly gateway: string | null
}

export type FactName = keyof GatheredFacts
