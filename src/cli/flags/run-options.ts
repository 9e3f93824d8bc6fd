// Declares the flags of a run, which `mailrun` takes without the name of a command.
import type { Command } from 'commander'
import { RUN_FORMATS } from '../../report/run/formats.ts'
import { eventOption } from './event-option.ts'
import { fleetOptions } from './fleet-options.ts'
import { gatherNames, maxFail, serial, waitSeconds } from './values.ts'

export function runOptions(mailrun: Command): void {
  mailrun
    .option('-C, --check', 'change nothing; show what would change')
    .option('-D, --diff', 'show the changes in the texts of files')
    .option('-t, --tags <names>', 'only tasks with one of these tags (a,b; repeatable)', gatherNames)
    .option('--skip-tags <names>', 'no tasks with one of these tags', gatherNames)
    .option('--serial <sizes>', 'hosts per batch: 1, 25%, or 1,25%,100% (default: all in one batch)', serial)
    .option(
      '--max-fail <number>',
      'start no more hosts if more than this many (N or N%) failed (default: the others always continue)',
      maxFail,
    )
    .option(
      '--wait <seconds>',
      'how long to wait until name servers serve what a playbook publishes (default: 60; 0: ask once)',
      waitSeconds,
    )
    .option('--held-ok', 'exit status 0 in place of 6: what is held back until DNS serves it counts as done')
    .option('--list-hosts', 'list the hosts of the run; connect to none')
    .option('--list-tasks', "list each host's tasks; connect to none")
    .option(
      '-v, --verbose',
      'also the tasks that are ok, the shell text of changes, what they print, each change as it starts and ends, ' +
        'and the table of --profile',
    )
    .option('--profile', 'where the time of each host went: a table, or time of each host in json and ndjson')
  mailrun.addOption(eventOption())
  fleetOptions(mailrun, RUN_FORMATS)
}
