// Builds a directory of Debian packages that apt can use as a repository: packages downloaded with the release's apt,
// and the test packages.
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { aptFlags, type LabApt } from './apt-sources.ts'
import { local } from '../local.ts'
import type { TestPackage } from './test-packages.ts'

/**
 * Fills `directory` with the packages and all that they depend on beyond what the image has installed.
 *
 * @throws LabError with apt's message, for example where a package does not exist.
 */
export async function buildRepository(
  directory: string,
  apt: LabApt,
  image: string,
  packages: readonly string[],
  own: readonly TestPackage[],
): Promise<void> {
  await downloadPackages(directory, apt, image, ['--no-install-recommends', 'install', ...packages])
  for (const each of own) await buildTestPackage(directory, each)
  await writeIndex(directory)
}

/**
 * Fills `directory` with all that apt-get full-upgrade(8) takes on a host, from the release that `apt` is of.
 *
 * @param root - the host's files, as this machine sees them.
 * @throws LabError with apt's message.
 */
export async function buildUpgradeRepository(directory: string, apt: LabApt, root: string): Promise<void> {
  await downloadPackages(directory, apt, root, ['--no-install-recommends', 'full-upgrade'])
  await writeIndex(directory)
}

/** @param command - of apt-get. */
async function downloadPackages(
  directory: string,
  apt: LabApt,
  root: string,
  command: readonly string[],
): Promise<void> {
  await mkdir(join(directory, 'partial'), { recursive: true, mode: 0o755 })
  const flags = aptFlags({
    'Dir::State::status': join(root, 'var/lib/dpkg/status'),
    'Dir::State::extended_states': '/dev/null',
    'Dir::Cache::archives': directory,
    'Debug::NoLocking': 'true',
    'APT::Keep-Downloaded-Packages': 'true',
    'APT::Sandbox::User': 'root',
  })
  const how = ['--quiet', '--quiet', '--assume-yes', '--download-only']
  await local`apt-get ${how} ${apt.flags} ${flags} ${command}`
}

async function writeIndex(directory: string): Promise<void> {
  await local`rm -rf -- ${join(directory, 'partial')} ${join(directory, 'lock')}`
  const index = await local`cd ${directory} && apt-ftparchive packages .`
  await writeFile(join(directory, 'Packages'), index)
}

async function buildTestPackage(directory: string, { name, version, files }: TestPackage): Promise<void> {
  const tree = join(directory, `${name}-${version}.build`)
  for (const [path, text] of Object.entries(files)) {
    const executable = /^(DEBIAN\/(config|postinst|prerm|postrm)$|usr\/bin\/)/.test(path)
    await mkdir(dirname(join(tree, path)), { recursive: true, mode: 0o755 })
    await writeFile(join(tree, path), text, { mode: executable ? 0o755 : 0o644 })
  }
  const deb = `${name}_${version}_all.deb`
  await local`dpkg-deb --root-owner-group -Zgzip --build ${tree} ${join(directory, `${deb}.part`)} && rm -r -- ${tree}`
  await rename(join(directory, `${deb}.part`), join(directory, deb))
}
