// Azurite has no types and no public entry for programs: what we use of its inside, release 3.35.

declare module 'azurite/dist/src/blob/BlobServer' {
  import type BlobConfiguration from 'azurite/dist/src/blob/BlobConfiguration';

  /** The blob service over HTTP. */
  export default class BlobServer {
    constructor(configuration: BlobConfiguration);
    readonly start: () => Promise<void>;
    readonly close: () => Promise<void>;
  }
}

declare module 'azurite/dist/src/blob/BlobConfiguration' {
  import type { MemoryExtentChunkStore } from 'azurite/dist/src/common/persistence/MemoryExtentStore';

  type Settings = [
    host: string,
    port: number,
    keepAliveTimeoutSeconds: number,
    metadataDbPath: string,
    extentDbPath: string,
    persistencePaths: readonly string[],
    accessLog: boolean,
    accessLogStream: undefined,
    debugLog: boolean,
    debugLogPath: undefined,
    loose: boolean,
    skipApiVersionCheck: boolean,
    certificate: string,
    key: string,
    password: string,
    oauth: undefined,
    disableProductStyleUrl: boolean,
    inMemory: boolean,
    memoryStore: MemoryExtentChunkStore,
  ];

  /** Settings of the service, by position. */
  export default class BlobConfiguration {
    constructor(...settings: Settings);
    readonly isMemoryPersistence: boolean;
  }
}

declare module 'azurite/dist/src/common/persistence/MemoryExtentStore' {
  /** Contents of blobs in memory. */
  export class MemoryExtentChunkStore {
    constructor(limitBytes: number);
    readonly totalSize: () => number;
  }
}

declare module 'azurite/dist/src/common/Telemetry' {
  /** Reports the use of Azurite to Microsoft, unless switched off. */
  export const AzuriteTelemetryClient: {
    readonly init: (location: string, isEnabled: boolean, env: undefined) => void;
  };
}

declare module 'azurite/dist/src/blob/utils/constants' {
  /** Name of the one account. */
  export const EMULATOR_ACCOUNT_NAME: string;
  /** Its key, which Microsoft documents. */
  export const EMULATOR_ACCOUNT_KEY_STR: string;
}
