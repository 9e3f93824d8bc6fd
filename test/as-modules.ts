// Has the public names (`mailrun`, `mailrun/tasks`, …) stand for the compiled modules of this repository, not for the
// bundle: `node --import ./dist/test/as-modules.js FILE`. A test and the playbook that it loads then share each module.
import * as module from 'node:module'
import { resolve } from './as-modules-hook.ts'

/** Node 22 has it; on Node 20 hooks run in a thread of their own. */
const { registerHooks } = module as { registerHooks?: (hooks: { readonly resolve: typeof resolve }) => unknown }
if (registerHooks === undefined) module.register('./as-modules-hook.js', import.meta.url)
else registerHooks({ resolve })
