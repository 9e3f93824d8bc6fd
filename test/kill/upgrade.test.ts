// The upgrade from 0.1.0 is killed at each of its stages: `npm run test:kill`. Has a lab of its own.
process.env['MAILRUN_KILLS'] = 'all'
await import('../lab/upgrade.test.ts')

export {}
