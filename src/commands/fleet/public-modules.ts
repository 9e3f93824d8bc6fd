// Gives playbooks the modules that this process has loaded already. A second instance would not recognize a Secret of
// the first.

/** By name, for the loader. */
export const publicModules = async (): Promise<Readonly<Record<string, unknown>>> => {
  const [main, tasks] = await Promise.all([import('mailrun'), import('mailrun/tasks')])
  return {
    mailrun: main,
    'mailrun/tasks': tasks,
    // Few playbooks want these: they are read when they are asked for.
    get 'mailrun/testing'() {
      return import('mailrun/testing')
    },
    get 'mailrun/mail'() {
      return import('mailrun/mail')
    },
    get 'mailrun/dns'() {
      return import('mailrun/dns')
    },
    get 'mailrun/playbooks/dkim'() {
      return import('mailrun/playbooks/dkim')
    },
    get 'mailrun/playbooks/mail-auth'() {
      return import('mailrun/playbooks/mail-auth')
    },
    get 'mailrun/playbooks/mail-host'() {
      return import('mailrun/playbooks/mail-host')
    },
  }
}
