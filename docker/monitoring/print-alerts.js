// Prints what Alertmanager sends, one line an alert: where alerts go until somebody has said where they should go.
// Plain JavaScript, run by the Node of the probe's image beside Alertmanager; it listens on loopback only.
import { createServer } from 'node:http';

/** Far above what a group of alerts takes. */
const mostBytes = 1024 * 1024;

/** What a sender put there must not move the cursor of whoever reads the log. */
const plain = (text) => String(text ?? '').replace(/\p{Cc}+/gu, ' ');

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    body += chunk;
    if (body.length > mostBytes) request.destroy();
  });
  request.on('end', () => {
    try {
      for (const { status, startsAt, endsAt, labels, annotations } of JSON.parse(body).alerts) {
        const at = status === 'resolved' ? endsAt : startsAt;
        console.log(
          `${plain(at)} ${plain(status)} [${plain(labels.severity)}] ${plain(annotations.summary)}. ${plain(annotations.description)}`,
        );
      }
      response.end();
    } catch {
      response.writeHead(400).end();
    }
  });
});
server.listen(9099, '127.0.0.1', () => console.log('alerts are printed here'));
for (const name of ['SIGTERM', 'SIGINT']) process.on(name, () => process.exit(0));
