// Reads and changes mailrun's units in systemd: in the manager of the system, or in that of the user.
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { MailrunError } from '../../core/mailrun-error.ts'
import { scheduleIn, serviceText, timerText, type Schedule } from './units.ts'

export interface Manager {
  /** Where its units lie. */
  readonly folder: string
  /** Before all arguments of systemctl(1). */
  readonly flags: readonly string[]
}

const SYSTEM: Manager = { folder: '/etc/systemd/system', flags: [] }

/** @param user - the user's own, though this is root. */
export function managerOf(user: boolean): Manager {
  if (!user && process.getuid?.() === 0) return SYSTEM
  const base = process.env['XDG_CONFIG_HOME']
  const config = base !== undefined && isAbsolute(base) ? base : join(homedir(), '.config')
  return { folder: join(config, 'systemd/user'), flags: ['--user'] }
}

const timerOf = (name: string): string => `mailrun-${name}.timer`
const serviceOf = (name: string): string => `mailrun-${name}.service`

/** By name. */
export async function schedules({ folder }: Manager): Promise<readonly Schedule[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^mailrun-.*\.timer$/.test(name)).sort()
  const found = await Promise.all(names.map(async (name) => scheduleIn(await readFile(join(folder, name), 'utf8'))))
  return found.filter((each) => each !== undefined)
}

/**
 * Writes the units and starts the timer; the same schedule again takes the place of what was.
 *
 * @param program - that runs mailrun.
 * @throws MailrunError where a unit of that name is another project's, and where systemd refuses
 */
export async function install(manager: Manager, schedule: Schedule, program: readonly string[]): Promise<void> {
  const { name } = schedule
  const paths = [serviceOf(name), timerOf(name)].map((each) => join(manager.folder, each))
  const before = await readFile(paths[1]!, 'utf8').catch(() => undefined)
  if (before !== undefined && scheduleIn(before)?.folder !== schedule.folder)
    throw new MailrunError(`${paths[1]} is there, and of another project: choose another name by --name`)
  const texts = [serviceText(schedule, program), timerText(schedule)]
  await mkdir(manager.folder, { recursive: true })
  for (const [index, path] of paths.entries())
    await writeFile(path, texts[index]!, { mode: 0o644 }).catch((error: Error) => {
      throw new MailrunError(`the unit cannot be written: ${error.message}`, path)
    })
  await systemctl(manager, 'daemon-reload')
  // A timer that runs already is to go by its new time.
  await systemctl(manager, 'enable', timerOf(name))
  await systemctl(manager, 'restart', timerOf(name))
}

/** @throws MailrunError where there is none of that name, and where systemd refuses */
export async function remove(manager: Manager, name: string): Promise<void> {
  const all = await schedules(manager)
  if (!all.some((each) => each.name === name)) {
    const names = all.map((each) => each.name).join(', ')
    throw new MailrunError(`there is no schedule ${name}${names === '' ? '' : `; there are ${names}`}`)
  }
  await systemctl(manager, 'disable', '--now', timerOf(name))
  for (const each of [timerOf(name), serviceOf(name)]) await rm(join(manager.folder, each), { force: true })
  await systemctl(manager, 'daemon-reload')
}

function systemctl({ flags }: Manager, ...words: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('systemctl', [...flags, ...words], { timeout: 60_000 }, (error, _, stderr) => {
      if (error === null) return resolve()
      const why = error.code === 'ENOENT' ? 'there is no systemctl here' : stderr.trim().split('\n').slice(-3).join(' ')
      reject(new MailrunError(`systemctl ${words.join(' ')}: ${why === '' ? error.message : why}`))
    })
  })
}
