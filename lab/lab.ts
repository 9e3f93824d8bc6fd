// A lab and its name: the folder of its files, and the names of its network links.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LabError } from './lab-error.ts'
import { parseReleases, type Release } from './image/releases.ts'

export interface Lab {
  readonly name: string
  /** Begins the name of every link, network namespace and machine of this lab, and of no other; 7 characters. */
  readonly prefix: string
  /** Keys, host files, logs: removed by `down`. */
  readonly stateDir: string
  /** Sockets of the latency filter; short, for the length that a socket's path may have. */
  readonly runDir: string
  /** Images and the package repository: shared by all labs, kept by `down`. */
  readonly cacheDir: string
  readonly inventoryPath: string
}

/**
 * @throws LabError for a name that would not do as a file's or a link's name.
 * @example openLab(labNameHere()).inventoryPath // '/home/me/mailrun/inventory/lab/lab.yaml'
 */
export function openLab(name: string): Lab {
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(name)) {
    throw new LabError(
      `a lab's name is 1 to 31 of a-z, 0-9 and "-", not "${name}": choose another with --name or MAILRUN_LAB_NAME`,
    )
  }
  const stateDir = join(process.env['MAILRUN_LAB_STATE'] ?? '/var/lib/mailrun-lab', name)
  const prefix = `ml${createHash('sha256').update(stateDir).digest('hex').slice(0, 5)}`
  return {
    name,
    prefix,
    stateDir,
    runDir: join('/run/mailrun-lab', prefix),
    cacheDir: process.env['MAILRUN_LAB_CACHE'] ?? '/var/cache/mailrun-lab',
    // In a folder of its own: group_vars beside it would count.
    inventoryPath: join(repositoryRoot(), 'inventory/lab', `${name}.yaml`),
  }
}

/** The name that `MAILRUN_LAB_NAME` gives, else `lab`. */
export function labNameHere(): string {
  return process.env['MAILRUN_LAB_NAME'] ?? 'lab'
}

/** The releases that `MAILRUN_LAB_RELEASE` names; `undefined` where it names none. @throws LabError for another word */
export function releasesHere(): readonly Release[] | undefined {
  const words = process.env['MAILRUN_LAB_RELEASE']
  return words === undefined || words === '' ? undefined : parseReleases(words)
}

function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder))
      throw new LabError(
        `no package.json above ${fileURLToPath(import.meta.url)}: run the lab from the mailrun repository`,
      )
    folder = dirname(folder)
  }
  return folder
}
