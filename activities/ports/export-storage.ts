import type { Sensitive } from './sensitive';

/** What the directory wrote into a container before it queued the export (`RequestInfo.json`). */
export type RequestInfo =
  /** Nothing was written: the container was not used. */
  | { readonly kind: 'absent' }
  /** The file is empty or broken: the container is burnt, and nothing runs. */
  | { readonly kind: 'broken' }
  | { readonly kind: 'present'; readonly operationId: string; readonly objectId: string; readonly tenantId: string };

/** One exported file. The name stays inside the process and the storage. */
export interface StoredFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** Changes with the content. */
  readonly etag: string;
}

/** Where exports are kept. Our own credentials read it; the directory only gets a SAS that can write. */
export interface ExportStorage {
  /** Creates the container when it is not there. */
  readonly createContainer: (container: string, signal: AbortSignal) => Promise<void>;
  /**
   * A SAS URL for exactly this container: add, create, write; no read, no list; bound to a stored access policy. Returns
   * only when the SAS is accepted (a policy takes up to 30 s to act), and leaves nothing in the container.
   */
  readonly grantWriting: (container: string, expiresAt: Date, signal: AbortSignal) => Promise<Sensitive<string>>;
  /** Ends every SAS of the container. */
  readonly revokeWriting: (container: string, signal: AbortSignal) => Promise<void>;
  readonly readRequestInfo: (container: string, signal: AbortSignal) => Promise<RequestInfo>;
  /** Whether the storage answers and accepts our credentials; costs one small request, however much is stored. */
  readonly check: (signal: AbortSignal) => Promise<void>;
  /** The exported files in the order of their names (by code unit), without `RequestInfo.json`. */
  readonly listFiles: (container: string, signal: AbortSignal) => Promise<readonly StoredFile[]>;
  /** The content of one file, as it is stored. */
  readonly readFile: (container: string, name: string, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  /** A link that reads exactly this file, over https, until then (at most an hour). */
  readonly linkToFile: (container: string, name: string, expiresAt: Date) => Promise<Sensitive<string>>;
  /** The names of all containers that begin with the prefix. */
  readonly listContainers: (prefix: string, signal: AbortSignal) => Promise<readonly string[]>;
  /** Deletes the container with all that is in it. `absent`: there was none. */
  readonly deleteContainer: (container: string, signal: AbortSignal) => Promise<'deleted' | 'absent'>;
}
