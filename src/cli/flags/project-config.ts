// Finds and reads the defaults of the project in the current folder.
import { existsSync, readFileSync } from 'node:fs'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { ProjectConfig } from '../../core/project-config.ts'
import { nearest } from '../../text/nearest.ts'

const FILES = ['mailrun.config.ts', 'mailrun.config.mts', 'mailrun.config.js', 'mailrun.config.mjs']
const MANIFEST = 'package.json'

/** Whether it may be a list. */
const KEYS: Readonly<Record<keyof ProjectConfig, boolean>> = {
  inventory: true,
  sshConfig: false,
  becomePasswordFile: false,
  ageIdentity: true,
  format: false,
}

/**
 * That of mailrun.config.ts where there is one, else what package.json has under `mailrun`, else nothing.
 *
 * @throws MailrunError for one that cannot be read, and for a key or a value that is none of its own
 */
export async function projectConfig(): Promise<ProjectConfig> {
  const file = FILES.find((name) => existsSync(name))
  if (file === undefined) return ofManifest()
  // What most projects do without.
  const [{ importFile }, { publicModules }] = await Promise.all([
    import('../../playbook/import-file.ts'),
    import('../../commands/fleet/public-modules.ts'),
  ])
  const { default: config } = await importFile(file, publicModules)
  if (config === undefined)
    throw new MailrunError('the file has no default export: write export default defineConfig({ … })', file)
  return checked(config, file)
}

function ofManifest(): ProjectConfig {
  if (!existsSync(MANIFEST)) return {}
  let manifest: unknown
  try {
    manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'))
  } catch {
    // What is wrong with it npm tells; mailrun can do without.
    return {}
  }
  const config = isMapping(manifest) ? manifest['mailrun'] : undefined
  return config === undefined ? {} : checked(config, `${MANIFEST}: mailrun`)
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @throws MailrunError */
function checked(config: unknown, where: string): ProjectConfig {
  if (!isMapping(config)) throw new MailrunError('defaults are an object: { inventory, format, … }', where)
  for (const [key, value] of Object.entries(config)) {
    if (!Object.hasOwn(KEYS, key)) {
      const near = nearest(key, Object.keys(KEYS))
      const hint = near === undefined ? `; there are ${Object.keys(KEYS).join(', ')}` : `: did you mean ${near}?`
      throw new MailrunError(`there is no default ${JSON.stringify(key)}${hint}`, where)
    }
    const isText = typeof value === 'string' && value !== ''
    const isList = Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '')
    const mayBeList = KEYS[key as keyof ProjectConfig]
    const isRight = isText || (mayBeList && isList)
    if (value === undefined || isRight) continue
    throw new MailrunError(`${key} must be a text${mayBeList ? ', or a list of texts' : ''}`, where)
  }
  return config
}
