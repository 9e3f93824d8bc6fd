// Who besides this user and root could put something else in the place of what is in a folder of this machine.
import { lstatSync, realpathSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'

const OTHERS_WRITE = 0o022
const STICKY = 0o1000

/** Whether it belongs to this user, or to root. */
export const isOurs = ({ uid }: Stats): boolean => uid === 0 || uid === process.getuid?.()

/**
 * Looks at the folder and at all above it, as it is named and without links.
 *
 * @param folder - absolute.
 * @returns words that name the folder at fault; `undefined`: nobody could.
 * @throws Error of lstat(2), where it is not there
 */
export function writableByOthers(folder: string): string | undefined {
  const real = realpathSync(folder)
  const found = writableAbove(real)
  return found ?? (real === folder ? undefined : writableAbove(folder))
}

function writableAbove(folder: string): string | undefined {
  for (let each = folder; ; each = dirname(each)) {
    const is = lstatSync(each)
    if (!isOurs(is)) return `${each} belongs to somebody else (uid ${is.uid})`
    // In a sticky folder, such as /tmp, nobody renames what is another's; but everybody makes files.
    // A link has no mode of its own.
    const mayWrite = (is.mode & OTHERS_WRITE) !== 0 && !is.isSymbolicLink()
    if (mayWrite && (each === folder || (is.mode & STICKY) === 0)) return `others may write ${each}`
    if (dirname(each) === each) return undefined
  }
}
