// The floor: bare `undici.request`, one parse and one stringify a call.
import { Pool } from 'undici';
import { headersOf, message } from '../workloads.mjs';

export async function connect(url) {
  const { origin, pathname: path } = new URL(url);
  // Idle connections are closed from this side, before the server closes them under a request.
  const pool = new Pool(origin, { keepAliveMaxTimeout: 1000 });
  const headers = headersOf('tools/call');
  let id = 0;
  return {
    async call(a, b) {
      id += 1;
      const body = JSON.stringify(message('tools/call', id, { name: 'add', arguments: { a, b } }));
      const response = await pool.request({ path, method: 'POST', headers, body });
      return JSON.parse(await response.body.text()).result.structuredContent.sum;
    },
    close: () => pool.close(),
  };
}
