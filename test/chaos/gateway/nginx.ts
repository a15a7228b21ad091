import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { programOf } from '../../support/apt.ts';
import { type Process, startProcess } from './process.ts';

/** nginx, or `undefined` where it is not to be had. */
export function nginxProgram(): string | undefined {
  return programOf('nginx-light', ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/bin/nginx']);
}

/** Starts nginx as a plain round robin over these ports: no affinity, nothing repeated that may have run. */
export async function startNginx(program: string, port: number, over: readonly number[]): Promise<Process> {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${name};`,
  );
  // None is left out for a second after it was away: restarts may come faster than that, and then all would be left out.
  const servers = over.map((each) => `    server 127.0.0.1:${each} max_fails=0;`);
  writeFileSync(
    path.join(folder, 'nginx.conf'),
    `worker_processes 1;
daemon off;
pid nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
${temporary.join('\n')}
  upstream gateways {
${servers.join('\n')}
    keepalive 32;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://gateways;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_buffering off;
      proxy_connect_timeout 1s;
    }
  }
}
`,
  );
  const nginx = startProcess({ program, args: ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'] });
  void nginx.ended.then(() => rmSync(folder, { recursive: true, force: true }));
  await nginx.listens(port);
  return nginx;
}
