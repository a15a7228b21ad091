// Writes an nginx configuration (a plain reverse proxy, round robin, one worker) and becomes nginx's parent.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HOST, PORT } from '../work.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-bench-nginx-'));
const upstreams = process.env.UPSTREAMS.split(',').map((url) => `    server ${new URL(url).host};`);
const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
  (name) => `  ${name}_temp_path ${name};`,
);
writeFileSync(
  path.join(folder, 'nginx.conf'),
  `worker_processes 1;
daemon off;
pid nginx.pid;
error_log /dev/null crit;
events { worker_connections 2048; }
http {
  access_log off;
${temporary.join('\n')}
  keepalive_requests 100000000;
  upstream floor {
${upstreams.join('\n')}
    keepalive 128;
    keepalive_requests 100000000;
  }
  server {
    listen ${HOST}:${PORT};
    location / {
      proxy_pass http://floor;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
    }
  }
}
`,
);
const nginx = spawn('nginx', ['-p', folder, '-c', 'nginx.conf'], { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => nginx.kill('SIGQUIT'));
nginx.on('exit', (code) => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 1);
});
