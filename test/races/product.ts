// Modules of mailrun as built somewhere: of this tree, or of an earlier version whose texts are to be recorded.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { TaskModule } from '../../src/model/define-task.ts'

/** What the races need of it. */
export interface Product {
  readonly tasks: Readonly<Record<string, TaskModule<object, unknown>>>
  readonly connector: typeof import('../../src/connection/connector.ts')
  readonly readFleet: typeof import('../../src/commands/fleet/read-fleet.ts')
  readonly keyringFor: typeof import('../../src/commands/fleet/keyring-for.ts')
  readonly makeTrip: typeof import('../../src/engine/make-trip.ts')
  readonly steps: typeof import('../../src/engine/steps.ts')
  readonly questions: typeof import('../../src/engine/questions.ts')
  readonly trip: typeof import('../../src/engine/trip.ts')
  /** 0.1.0 has none. */
  readonly words: typeof import('../../src/engine/trip-words.ts') | undefined
  readonly settle: typeof import('../../src/engine/settle.ts')
  readonly planOf: typeof import('../../src/testing/plan-of.ts')
  /** The program by which files are made, which a trip brings along; 0.1.0 has none. */
  readonly files: { readonly FILES_PROGRAM: string } | undefined
  readonly setup: typeof import('../../src/probes/mail-setup.ts')
  readonly keys: typeof import('../../src/probes/dkim-keys.ts')
  readonly history: typeof import('../../src/probes/dkim-history.ts')
  readonly install: typeof import('../../src/changes/opendkim-install-script.ts')
}

/** This tree's. */
export const HERE = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** @param dist - where its build is. */
export async function productIn(dist: string): Promise<Product> {
  const load = async <T>(path: string): Promise<T> => (await import(pathToFileURL(join(dist, path)).href)) as T
  return {
    tasks: await load('tasks/index.js'),
    connector: await load('src/connection/connector.js'),
    readFleet: await load('src/commands/fleet/read-fleet.js'),
    keyringFor: await load('src/commands/fleet/keyring-for.js'),
    makeTrip: await load('src/engine/make-trip.js'),
    steps: await load('src/engine/steps.js'),
    questions: await load('src/engine/questions.js'),
    trip: await load('src/engine/trip.js'),
    words: existsSync(join(dist, 'src/engine/trip-words.js')) ? await load('src/engine/trip-words.js') : undefined,
    settle: await load('src/engine/settle.js'),
    planOf: await load('src/testing/plan-of.js'),
    files: existsSync(join(dist, 'src/files/program.js')) ? await load('src/files/program.js') : undefined,
    setup: await load('src/probes/mail-setup.js'),
    keys: await load('src/probes/dkim-keys.js'),
    history: await load('src/probes/dkim-history.js'),
    install: await load('src/changes/opendkim-install-script.js'),
  }
}
