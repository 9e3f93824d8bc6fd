// The files of the repository, as git knows them.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../cli/mailrun.ts'

/** Tracked files, and new ones that git does not ignore; paths begin at the repository's root. */
export function repositoryFiles(): readonly string[] {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const paths = execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' }).split('\0')
  return [...new Set(paths)].filter((path) => path !== '' && existsSync(join(ROOT, path))).sort()
}

export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
