import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { answeringServerOfEachTest } from '../../support/answering-server';
import { callsTo, faultOf, IMPATIENT_MS } from '../../support/erasure-calls';

const server = answeringServerOfEachTest();

describe('A connection', () => {
  it.each(['lookUp', 'erase', 'progress'] as const)('that is cut in the answer says nothing to: %s', async (call) => {
    const half = (send: (text: string) => boolean, end: () => void): void => {
      send('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"items":[]}');
      setImmediate(end);
    };

    await withRawServer(half, async (url) => {
      await expect(callsTo(url)[call]()).rejects.toMatchObject({ kind: 'unavailable' });
    });
  });

  it('that never ends its answer is left in time', async () => {
    const slow = (send: (text: string) => boolean): void => {
      send('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      const drip = setInterval(() => {
        if (!send('1\r\n \r\n')) clearInterval(drip);
      }, 20).unref();
    };

    await withRawServer(slow, async (url) => {
      await expect(callsTo(url, IMPATIENT_MS).erase()).rejects.toMatchObject({ kind: 'unavailable' });
    });
  });

  it('that floods is left before it has filled our memory', async () => {
    let sentBytes = 0;
    const item = `${JSON.stringify({ what: 'ticket', count: 1 })},`.repeat(1_000);
    const flood = (send: (text: string) => boolean): void => {
      send('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{"items":[');
      // A thousand million items, as long as somebody takes them.
      const pour = setInterval(() => {
        if (send(item)) sentBytes += item.length;
        else clearInterval(pour);
      }, 1).unref();
    };

    await withRawServer(flood, async (url) => {
      const fault = await faultOf(callsTo(url, 5_000).lookUp);

      expect(fault).toMatchObject({ kind: 'indeterminate', oddity: 'it is too large' });
    });
    expect(sentBytes).toBeLessThan(20_000_000);
  });

  it.each(['reset', 'hang'] as const)('that does this says nothing: %s', async (trouble) => {
    server.reply = trouble;

    await expect(callsTo(server.url, IMPATIENT_MS).erase()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

/** A server that says exactly these bytes, then what `then` does: nothing more, or the end of the connection. */
async function withRawServer(
  write: (send: (text: string) => boolean, end: () => void) => void,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const raw = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      write(
        (text) => {
          if (socket.writable) socket.write(text);
          return socket.writable;
        },
        () => socket.destroy(),
      );
    });
  });
  raw.listen(0, '127.0.0.1');
  await once(raw, 'listening');
  try {
    await work(`http://127.0.0.1:${String(portOf(raw.address()))}`);
  } finally {
    raw.close();
  }
}

function portOf(address: AddressInfo | string | null): number {
  return address !== null && typeof address === 'object' ? address.port : 0;
}
