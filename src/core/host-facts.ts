// What does not change about a host during a run; asked with the first trip, at no trip of its own.

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
