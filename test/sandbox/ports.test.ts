import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, it, expect } from '@jest/globals';
import { claimPort, freePort, isListening, PortTakenError, usablePort } from '../../sandbox/ports';

describe('ports of the embedded stack', () => {
  it('chosen by the system are free, and each is given once', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()));

    expect(new Set(ports).size).toBe(20);
    await expect(isListening(ports[0] ?? 0)).resolves.toBe(false);
  });

  it('asked for by number are used as they are', async () => {
    const port = await freePort();

    await expect(usablePort(port, 'the database')).resolves.toBe(port);
  });

  it('that are taken are refused with an error that names port and purpose', async () => {
    const other = createServer().listen(await freePort(), '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;

    const attempt = usablePort(port, 'the Temporal Web UI');

    await expect(attempt).rejects.toThrow(PortTakenError);
    await expect(attempt).rejects.toThrow(`Port ${port}, wanted for the Temporal Web UI, is taken`);
    other.close();
  });

  it('that are claimed are one owner’s alone, until it lets them go', async () => {
    const port = await freePort();

    const first = await claimPort(port);
    const second = await claimPort(port);
    await first?.close();
    const third = await claimPort(port);

    expect([first, second, third].map((claim) => claim !== undefined)).toEqual([true, false, true]);
    await third?.close();
  });
});
