// Settings to write into main.cf and master.cf.

export interface Settings {
  /** Of main.cf. */
  readonly main: readonly (readonly [parameter: string, value: string])[]
  /** Of services of master.cf, as `postconf -P SERVICE/PARAMETER=VALUE` takes them. */
  readonly master: readonly (readonly [service: string, parameter: string, value: string])[]
}
