import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';

/**
 * How the connection that is being taken down right now ended: `closed` by the server's FIN, `lost` by an error.
 * Set only while undici reacts to that end.
 */
export interface Endings {
  ending: 'closed' | 'lost' | undefined;
}

/**
 * The connector, noting the end of every connection around undici's reaction to it.
 *
 * undici takes whatever has come for a whole response when a connection ends that was not to be kept alive, even in the
 * middle of a chunked body; without the note a truncated response would be passed on as a complete one.
 */
export function notingEndings(endings: Endings, connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    connect(options, (...result) => {
      const [, socket] = result;
      // undici's types promise null; it leaves the argument out.
      if (!socket) return callback(...result);
      noteFirst(socket, endings);
      callback(...result);
      clearLast(socket, endings);
    });
  };
}

// ---

function noteFirst(socket: Socket, endings: Endings): void {
  const note = (ending: 'closed' | 'lost') => () => {
    endings.ending = ending;
  };
  socket.prependListener('end', note('closed'));
  socket.prependListener('error', note('lost'));
  socket.prependListener('close', note('lost'));
}

/** undici adds its listeners while it takes the socket over, so these run after them. */
function clearLast(socket: Socket, endings: Endings): void {
  const clear = () => {
    endings.ending = undefined;
  };
  socket.on('end', clear).on('error', clear).on('close', clear);
}
