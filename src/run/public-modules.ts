// The names that a playbook imports, as this very process has them: a second instance would not know a Secret of the first.

/** By name, for the loader. */
export const publicModules = async (): Promise<Readonly<Record<string, unknown>>> => {
  const [main, tasks, testing] = await Promise.all([import('mailrun'), import('mailrun/tasks'), import('mailrun/testing')])
  return {
    mailrun: main,
    'mailrun/tasks': tasks,
    'mailrun/testing': testing,
    // Few playbooks want it: it is read when it is asked for.
    get 'mailrun/mail'() {
      return import('mailrun/mail')
    },
    get 'mailrun/dns'() {
      return import('mailrun/dns')
    },
  }
}
