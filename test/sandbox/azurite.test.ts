import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { describe, it, expect } from '@jest/globals';
import { startAzurite, type Azurite } from '../../sandbox/azurite';
import { freePort, isListening, PortTakenError } from '../../sandbox/ports';

describe('the blob storage of the embedded stack', () => {
  it('keeps what is put into it, and nothing of another one in the same process', async () => {
    const [first, second] = await Promise.all([startAzurite(), startAzurite()]);

    await put(first, 'hello.txt', 'Hello, Ada');

    await expect(read(first, 'hello.txt')).resolves.toBe('Hello, Ada');
    await expect(exportsOf(second).exists()).resolves.toBe(false);
    await Promise.all([first.close(), second.close()]);
  });

  it('frees its port when it is closed', async () => {
    const port = await freePort();
    const azurite = await startAzurite({ port });
    await put(azurite, 'hello.txt', 'Hello, Grace');

    await azurite.close();

    await expect(isListening(port)).resolves.toBe(false);
  });

  it('refuses a taken port', async () => {
    const port = await freePort();
    const azurite = await startAzurite({ port });

    await expect(startAzurite({ port })).rejects.toThrow(PortTakenError);
    await azurite.close();
  });
});

async function put(azurite: Azurite, blob: string, text: string): Promise<void> {
  await exportsOf(azurite).create();
  await exportsOf(azurite).getBlockBlobClient(blob).upload(text, Buffer.byteLength(text));
}

async function read(azurite: Azurite, blob: string): Promise<string> {
  return (await exportsOf(azurite).getBlobClient(blob).downloadToBuffer()).toString();
}

function exportsOf(azurite: Azurite): ContainerClient {
  return BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('exports');
}
