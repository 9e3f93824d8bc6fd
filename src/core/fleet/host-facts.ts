// Facts about a host that do not change during a run, such as its release. The first trip asks for them.

export interface HostFacts {
  readonly os: {
    /** `ID` of os-release(5): `debian`. */
    readonly id: string
    /** `VERSION_ID`: `12`. */
    readonly versionId: string
    /** `VERSION_CODENAME`: `bookworm`. */
    readonly codename: string
  }
  /** The kernel's host name, as it stood when the run began. */
  readonly hostname: string
}
