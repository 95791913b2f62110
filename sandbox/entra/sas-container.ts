/** A container reached through nothing but a SAS URL, over HTTP, as the export service reaches it. */
export interface SasContainer {
  /** HTTP status of a list request. */
  readonly list: () => Promise<StorageAnswer>;
  readonly createAppendBlob: (name: string) => Promise<StorageAnswer>;
  readonly append: (name: string, content: Uint8Array) => Promise<StorageAnswer>;
  readonly read: (name: string) => Promise<StorageAnswer>;
  readonly remove: (name: string) => Promise<StorageAnswer>;
  /** Writes a whole block blob. */
  readonly write: (name: string, content: Uint8Array) => Promise<StorageAnswer>;
}

/** What the storage answered: the status (0: it could not be reached) and its own error code, where there was one. */
export interface StorageAnswer {
  readonly status: number;
  readonly code: string;
}

interface StorageRequest {
  readonly method: string;
  readonly blob?: string;
  /** Query parameters that come on top of the SAS. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: Uint8Array;
}

const API_VERSION = '2021-12-02';

async function send(sasUrl: URL, request: StorageRequest): Promise<StorageAnswer> {
  const blob = (request.blob ?? '').split('/').map(encodeURIComponent).join('/');
  const path = blob === '' ? sasUrl.pathname : `${sasUrl.pathname.replace(/\/$/, '')}/${blob}`;
  const query = request.query === undefined ? '' : `&${request.query}`;
  try {
    const response = await fetch(`${sasUrl.origin}${path}${sasUrl.search}${query}`, {
      method: request.method,
      headers: { 'x-ms-version': API_VERSION, ...request.headers },
      ...(request.content !== undefined && { body: Buffer.from(request.content) }),
    });
    await response.arrayBuffer();
    return { status: response.status, code: response.headers.get('x-ms-error-code') ?? '' };
  } catch {
    // Whatever the network did: the caller only learns that the location is no good.
    return { status: 0, code: '' };
  }
}

/** The container behind the SAS URL. */
export function openSasContainer(sasUrl: URL): SasContainer {
  return {
    list: () => send(sasUrl, { method: 'GET', query: 'restype=container&comp=list' }),
    createAppendBlob: (blob) =>
      send(sasUrl, { method: 'PUT', blob, headers: { 'x-ms-blob-type': 'AppendBlob', 'if-none-match': '*' } }),
    append: (blob, content) => send(sasUrl, { method: 'PUT', blob, query: 'comp=appendblock', content }),
    read: (blob) => send(sasUrl, { method: 'GET', blob }),
    remove: (blob) => send(sasUrl, { method: 'DELETE', blob }),
    write: (blob, content) =>
      send(sasUrl, { method: 'PUT', blob, headers: { 'x-ms-blob-type': 'BlockBlob' }, content }),
  };
}
