// Runs Perl that enters directories safely, in the middle of a script of shell.
import type { Script } from '../../../shell/script.ts'
import { sh } from '../../../shell/sh.ts'
import { packed } from './packed.ts'
import { WALK } from './walk.ts'

/**
 * The command that runs a program, which has `WALK`; what follows are its words. For a question that is all Perl, see
 * `readerQuestion` of src/resources/reader.
 *
 * @example sh`${withWalk(PROGRAM)} ${path}`
 */
export const withWalk = (program: string): Script => sh`perl -e ${packed(WALK + program)} --`
