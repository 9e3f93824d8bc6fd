// Computes the configuration of a Postfix after settings of main.cf and master.cf were changed.
import type { PostfixSources } from './sources.ts'

export interface Settings {
  /** Of main.cf. */
  readonly main: readonly (readonly [parameter: string, value: string])[]
  /** Of services of master.cf, as `postconf -P SERVICE/PARAMETER=VALUE` takes them. */
  readonly master: readonly (readonly [service: string, parameter: string, value: string])[]
}

export function withSettings(sources: PostfixSources, { main, master }: Settings): PostfixSources {
  if (main.length + master.length === 0) return sources
  const byService = new Map<string, [string, string][]>()
  for (const [service, ...pair] of master) byService.set(service, [...(byService.get(service) ?? []), pair])
  return {
    ...sources,
    main: new Map([...sources.main, ...main]),
    services: sources.services.map((service) => {
      const own = byService.get(service.name)
      return own === undefined ? service : { ...service, overrides: new Map([...service.overrides, ...own]) }
    }),
  }
}
