// Defaults of a project: what stands in its mailrun.config.ts, or under "mailrun" in its package.json.

/** Each counts where neither a flag nor the environment says it. Paths are relative to the file that says them. */
export interface ProjectConfig {
  /** Inventories as `-i` takes them; later ones win. */
  readonly inventory?: string | readonly string[]
  /** The ssh_config file; `none`: no file. */
  readonly sshConfig?: string
  /** The password to become another user with is the first line of this file. */
  readonly becomePasswordFile?: string
  /** age identity files, for what is encrypted. */
  readonly ageIdentity?: string | readonly string[]
  /** How results are printed, where a command has that format. */
  readonly format?: string
}

/**
 * Types what a mailrun.config.ts exports by default.
 *
 * @example export default defineConfig({ inventory: 'inventory/hosts.yaml', sshConfig: 'ssh_config' })
 */
export const defineConfig = (config: ProjectConfig): ProjectConfig => config
