// A replica to be killed: notes every execution in a file before it answers, so that the note outlives it.
// PORT (0: any), LEDGER (file), NAME. Prints its port. A call takes a few milliseconds, so that kills meet calls at work.
import { appendFileSync } from 'node:fs';
import http from 'node:http';

const { PORT = '0', LEDGER, NAME } = process.env;
http
  .createServer((req, res) => {
    const chunks = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', () => {
      const { id, method } = JSON.parse(Buffer.concat(chunks));
      appendFileSync(LEDGER, `${JSON.stringify({ id, method, name: NAME })}\n`);
      const body = JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'complete', from: NAME } });
      setTimeout(() => {
        res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
        res.end(body);
      }, 5);
    });
  })
  .listen(Number(PORT), '127.0.0.1', function () {
    process.stdout.write(`${this.address().port}\n`);
  });
