// The ssh_config files of a run. Each file is read once, and each question about it is asked once.
import { askSsh } from './ask/ask-ssh.ts'
import type { Ask } from './ask/asker.ts'
import { sshResolver, type SshResolver } from './resolver.ts'

export interface SshResolvers {
  /** @param file - as `sshResolver` takes it. */
  of(file: string | undefined): SshResolver
}

export function sshResolvers(ask: Ask = askSsh): SshResolvers {
  const known = new Map<string | undefined, SshResolver>()
  return {
    of(file) {
      const resolver = known.get(file) ?? sshResolver(file, ask)
      known.set(file, resolver)
      return resolver
    },
  }
}
