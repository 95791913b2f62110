import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listenAnywhere } from '../../../sandbox/ports';
import { RequestReader, type ClientRequest } from './postgres-wire';
import type { FarEndName, Handling, Watch } from './watch';
import { codesOf, idsIn } from './wording';

/** A way to a far end on which things go wrong. */
export interface FaultProxy {
  /** The far end's URL, by way of the proxy. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** `ReadyForQuery`, with each of its three states: the end of every answer. */
const ENDS_OF_ANSWERS = ['I', 'T', 'E'].map((state) => Buffer.from([0x5a, 0, 0, 0, 5, state.charCodeAt(0)]));
const END_BYTES = 6;
/** The adapter quotes the names of the file's tables, and of no others. */
const IS_THEIRS = /\b(INSERT INTO|DELETE FROM|UPDATE)\s+"/;
const CHANGES = /\b(INSERT INTO|DELETE FROM|UPDATE)\s+([\w."]+)/;

/** Starts a proxy on the loopback interface before a PostgreSQL server: it knows every statement, and whose it is. */
export async function startPostgresFaultProxy(
  serverUrl: string,
  farEnd: FarEndName,
  watch: Watch,
): Promise<FaultProxy> {
  const target = new URL(serverUrl);
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
    }
    new Session({ client, upstream }, farEnd, watch).run();
  });
  const port = await listenAnywhere(server);
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Sockets {
  readonly client: Socket;
  readonly upstream: Socket;
}

/** One connection. A client asks one thing after the other, so one request at most is under way. */
class Session {
  readonly #sockets: Sockets;
  readonly #farEnd: FarEndName;
  readonly #watch: Watch;
  readonly #transaction = new Transaction();
  #underWay: Handling | undefined;
  /** The request under way has gone wrong, and the server is not done with it. */
  #isDisturbed = false;
  #tail = Buffer.alloc(0);

  constructor(sockets: Sockets, farEnd: FarEndName, watch: Watch) {
    this.#sockets = sockets;
    this.#farEnd = farEnd;
    this.#watch = watch;
  }

  run(): void {
    const { client, upstream } = this.#sockets;
    const reader = new RequestReader();
    client.on('data', (chunk) => {
      for (const request of reader.read(chunk)) this.#arrived(request);
    });
    upstream.on('data', (chunk) => {
      this.#answered(chunk);
    });
    client.on('close', () => {
      // What was sent reaches the server all the same, and so does a zombie.
      if (!this.#isDisturbed) upstream.destroy();
    });
    upstream.on('close', () => {
      this.#underWay?.answered();
      client.destroy();
    });
  }

  #arrived({ bytes, sql, values }: ClientRequest): void {
    // Of a client that has given up there is nothing more to be heard.
    if (this.#isDisturbed) return;
    const { client, upstream } = this.#sockets;
    const about = this.#transaction.about(sql, values);
    const handling = this.#watch.arrived({ farEnd: this.#farEnd, ...about });
    this.#underWay = handling;
    this.#isDisturbed = handling.fault !== undefined;
    this.#tail = Buffer.alloc(0);
    switch (handling.fault) {
      case 'cut before':
        client.destroy();
        upstream.destroy();
        return;
      case 'slow zombie':
        void handling.letGo.then(() => {
          if (upstream.writable) upstream.write(bytes);
          else handling.answered();
        });
        return;
      case 'lost answer':
      case 'cut after':
      case undefined:
        upstream.write(bytes);
    }
  }

  #answered(chunk: Buffer): void {
    const { client } = this.#sockets;
    const handling = this.#underWay;
    if (isHeard(handling) && client.writable) client.write(chunk);
    this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-END_BYTES);
    const isWhole = ENDS_OF_ANSWERS.some((end) => end.equals(this.#tail));
    if (isWhole && handling !== undefined) this.#concluded(handling);
  }

  #concluded({ fault, answered }: Handling): void {
    const { client, upstream } = this.#sockets;
    answered();
    this.#isDisturbed = false;
    if (fault === 'cut after') client.destroy();
    if (fault !== undefined && client.destroyed) upstream.destroy();
  }
}

/** A zombie's client hears what comes meanwhile: that the server has ended its transaction, for one. */
function isHeard(handling: Handling | undefined): boolean {
  return handling?.fault === undefined || handling.fault === 'slow zombie';
}

/** What a session is in the middle of. */
class Transaction {
  #isOpen = false;
  #ids: readonly string[] = [];
  #changes: readonly string[] = [];

  /** What a statement does, and whom it is about: within a transaction whoever was named before. */
  about(sql: string, values: readonly (string | null)[]): { readonly ids: readonly string[]; readonly what?: string } {
    const ids = [...idsIn([sql, ...values].join(' ')), ...this.#ids];
    const what = this.#whatOf(sql, values);
    if (/^\s*BEGIN/.test(sql)) this.#isOpen = true;
    if (/^\s*(COMMIT|ROLLBACK)/.test(sql)) this.#isOpen = false;
    this.#ids = this.#isOpen ? ids : [];
    this.#changes = this.#isOpen ? [...this.#changes, ...changesIn(sql)] : [];
    return { ids, ...(what === undefined ? {} : { what }) };
  }

  #whatOf(sql: string, values: readonly (string | null)[]): string | undefined {
    if (/^\s*COMMIT/.test(sql)) return this.#changes.length === 0 ? undefined : `COMMIT of ${this.#changes.join(', ')}`;
    const [change] = changesIn(sql);
    if (change === undefined) return undefined;
    // Of a statement on a table of theirs the values are contents of rows.
    return [change, ...(IS_THEIRS.test(sql) ? [] : codesOf(values))].join(' ');
  }
}

function changesIn(sql: string): readonly string[] {
  const [, verb, table] = CHANGES.exec(sql) ?? [];
  return verb === undefined || table === undefined ? [] : [`${verb} ${table.replaceAll('"', '')}`];
}
