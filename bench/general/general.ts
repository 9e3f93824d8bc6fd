// The general job for mailrun: 20 tasks about packages, users, keys, files, cron, sysctl and a service.
// bench/general/general.yaml is the same for Ansible.
import { playbook, v } from 'mailrun'
import {
  apt,
  authorizedKey,
  blockInFile,
  copy,
  cron,
  directory,
  file,
  group,
  lineInFile,
  service,
  sudoers,
  symlink,
  sysctl,
  template,
  user,
} from 'mailrun/tasks'

const KEYS = {
  anna: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB anna@desk',
  ben: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC ben@desk',
}

export default playbook({
  name: 'general',
  hosts: 'mail',
  vars: v.object({ domains: v.array(v.string()) }),
  tasks: ({ vars, host }) => [
    apt({ packages: ['unzip', 'xz-utils', 'zstd'] }),
    group({ group: 'operators' }),
    user({
      user: 'anna',
      shell: '/bin/bash',
      home: '/home/anna',
      groups: ['operators'],
      append: true,
      createHome: true,
    }),
    user({ user: 'ben', shell: '/bin/bash', home: '/home/ben', groups: ['operators'], append: true, createHome: true }),
    authorizedKey({ user: 'anna', key: KEYS.anna }),
    authorizedKey({ user: 'ben', key: KEYS.ben }),
    sudoers({ name: 'operators', content: '%operators ALL=(root) NOPASSWD: /usr/bin/systemctl restart app\n' }),
    directory({ path: '/etc/app', owner: 'root', group: 'operators', mode: '0750' }),
    directory({ path: '/var/lib/app', owner: 'anna', group: 'operators', mode: '2770' }),
    copy({ src: 'app.sh', dest: '/usr/local/bin/app', owner: 'root', group: 'root', mode: '0755' }),
    template({
      src: 'app.conf.ejs',
      dest: '/etc/app/app.conf',
      vars: { name: host.name, domains: vars.domains },
      owner: 'root',
      group: 'operators',
      mode: '0640',
    }),
    file({ path: '/etc/motd', content: 'Maintained by a tool.\n', owner: 'root', group: 'root', mode: '0644' }),
    lineInFile({ path: '/etc/login.defs', regexp: /^LOGIN_RETRIES\b/, line: 'LOGIN_RETRIES 3' }),
    blockInFile({
      path: '/etc/hosts',
      block: 'services',
      content: '192.0.2.10 database.internal\n192.0.2.11 cache.internal\n',
      marker: '# {mark} services',
    }),
    symlink({ path: '/usr/local/bin/app-nightly', target: 'app' }),
    cron({ name: 'app', schedule: '17 3 * * *', user: 'anna', command: '/usr/local/bin/app nightly' }),
    sysctl({ name: 'net.ipv4.tcp_fin_timeout', value: 30 }),
    sysctl({ name: 'net.ipv4.ip_local_port_range', value: '20000 60999' }),
    copy({
      src: 'app.service',
      dest: '/etc/systemd/system/app.service',
      owner: 'root',
      group: 'root',
      mode: '0644',
    }),
    service({
      unit: 'app',
      state: 'running',
      enabled: true,
      restartOn: ['/usr/local/bin/app', '/etc/app/app.conf'],
    }),
  ],
})
