// Whether OpenSSH reads a configuration file of this owner and mode: secure_permissions() of Debian's.
import type { Stats } from 'node:fs'
import { linesOf, type Here } from '../machine.ts'

/** Ours or root's, writable by nobody else; by its group only where that is the owner's alone. */
export function isSecure({ uid, gid, mode }: Pick<Stats, 'uid' | 'gid' | 'mode'>, here: Here): boolean {
  if (uid !== 0 && uid !== here.uid) return false
  if ((mode & 0o002) !== 0) return false
  return (mode & 0o020) === 0 || isOwnGroup(uid, gid, here)
}

function isOwnGroup(owner: number, gid: number, here: Here): boolean {
  const group = linesOf('/etc/group')
    .map((line) => line.split(':'))
    .find((fields) => fields[2] === String(gid))
  if (group === undefined) return false
  const accounts = linesOf('/etc/passwd').map((line) => line.split(':'))
  const primary = accounts.filter((fields) => fields[3] === String(gid))
  if (primary.some((fields) => fields[2] !== String(here.uid))) return false
  const name = accounts.find((fields) => fields[2] === String(owner))?.[0]
  if (name === undefined) return false
  const members = (group[3] ?? '').split(',').filter((member) => member !== '')
  if (members.length > 0 && (members.length > 1 || members[0] !== name)) return false
  return primary.length + members.length > 0
}
