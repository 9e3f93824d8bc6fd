// The folders for compiled code: of playbooks, and of mailrun itself. Nobody else may be able to write to them, because
// their files are executed.
import { chmodSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmSync, type Stats } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { isOurs, writableByOthers } from '../programs/writable-by-others.ts'

const OTHERS_WRITE = 0o022
const OTHERS = 0o077
/** What was not read for so long is removed. */
const KEPT_MS = 30 * 24 * 3600 * 1000
/** In one run, which is not to wait for it. */
const REMOVED_AT_MOST = 100

/** By what is in it, the name of the folder. Jiti writes files; Node makes a folder for each of its versions. */
const FOLDERS = { playbooks: 'mailrun', mailrun: 'mailrun-node' } as const

let refused: string | undefined

/** Why nothing was kept, for `--verbose`; `undefined` where nothing was to be kept, or it was. */
export const notCached = (): string | undefined => refused

/**
 * Below XDG_CACHE_HOME, else ~/.cache; `false`, which keeps nothing, where it cannot be made, or where somebody else
 * than root could put another text there: by writing a file, or by a folder on the way in the place of another.
 */
export function cacheFolder(of: keyof typeof FOLDERS): string | false {
  const base = process.env['XDG_CACHE_HOME']
  const folder = join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.cache'), FOLDERS[of])
  try {
    // Before anything is made there: as root one would follow somebody else's links.
    refused = writableByOthers(standing(folder))
    if (refused !== undefined) return false
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const real = realpathSync(folder)
    refused = writableByOthers(real)
    if (refused !== undefined) return false
    const found = entriesIn(real)
    const isFolder = ({ is }: Entry): boolean => of === 'mailrun' && is.isDirectory() && isOurs(is)
    const folders = found.filter(isFolder)
    const files = [...found.filter((each) => !isFolder(each)), ...folders.flatMap(({ path }) => entriesIn(path))]
    refused = othersFiles(real, folders, files)
    if (refused !== undefined) return false
    sweep(files)
    return real
  } catch (error) {
    refused = (error as Error).message
    return false
  }
}

/** The folder, or the nearest above it that is there. */
function standing(folder: string): string {
  try {
    lstatSync(folder)
    return folder
  } catch {
    return dirname(folder) === folder ? folder : standing(dirname(folder))
  }
}

interface Entry {
  readonly path: string
  readonly is: Stats
}

/** Without those that another run has removed meanwhile. */
const entriesIn = (folder: string): readonly Entry[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    const is = lstatSync(path, { throwIfNoEntry: false })
    return is === undefined ? [] : [{ path, is }]
  })

/**
 * In a folder that others cannot enter nobody can have changed a file. One that they could enter is closed, and what
 * they could write there is removed.
 */
function othersFiles(folder: string, folders: readonly Entry[], files: readonly Entry[]): string | undefined {
  const isOpen = (lstatSync(folder).mode & OTHERS) !== 0
  if (isOpen) chmodSync(folder, 0o700)
  const others = files.find(({ is }) => !isOurs(is) || !is.isFile())
  if (others !== undefined) return `${others.path} is no file of one's own`
  for (const { path, is } of [...folders, ...files])
    if (isOpen && (is.mode & OTHERS_WRITE) !== 0) rmSync(path, { recursive: true, force: true })
  return undefined
}

/** A file system that notes no reading (noatime) has a playbook compiled again each 30 days. */
function sweep(files: readonly Entry[]): void {
  const since = Date.now() - KEPT_MS
  const old = files.filter(({ is }) => is.atimeMs < since && is.mtimeMs < since)
  try {
    for (const { path } of old.slice(0, REMOVED_AT_MOST)) rmSync(path, { force: true })
  } catch {
    // It takes room, and nothing else.
  }
}
