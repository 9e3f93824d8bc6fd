// Declares `--on-event`, which commands have that a timer repeats.
import { Option } from 'commander'

export const eventOption = (): Option =>
  new Option(
    '--on-event <program>',
    'a program that gets what happens as lines of JSON (ndjson) on its standard input; ' +
      'mailrun reports it if that fails, and the exit status stays',
  )
