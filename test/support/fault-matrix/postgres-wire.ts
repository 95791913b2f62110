/** What a client sends up to the point where it waits for an answer. */
export interface ClientRequest {
  readonly bytes: Buffer;
  /** Empty where no statement is sent: at the beginning of a session. */
  readonly sql: string;
  /** As text; of a statement with parameters. */
  readonly values: readonly (string | null)[];
}

interface Message {
  /** Empty: the first one of a session has no type. */
  readonly type: string;
  readonly bytes: Buffer;
}

const TYPE_BYTES = 1;
const LENGTH_BYTES = 4;
/** Of the extended protocol: more follows, up to `Sync`. */
const GOES_ON = ['P', 'B', 'D', 'E', 'C'];

/** Takes a client's side of a session apart into its requests (PostgreSQL's protocol 3.0). */
export class RequestReader {
  #bytes = Buffer.alloc(0);
  #isBegun = false;
  #messages: Message[] = [];

  /** The requests that are complete with these bytes. */
  read(chunk: Buffer): readonly ClientRequest[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const requests: ClientRequest[] = [];
    for (let message = this.#next(); message !== undefined; message = this.#next()) {
      this.#messages.push(message);
      if (GOES_ON.includes(message.type)) continue;
      requests.push(toRequest(this.#messages));
      this.#messages = [];
    }
    return requests;
  }

  #next(): Message | undefined {
    const typeBytes = this.#isBegun ? TYPE_BYTES : 0;
    if (this.#bytes.length < typeBytes + LENGTH_BYTES) return undefined;
    const length = typeBytes + this.#bytes.readInt32BE(typeBytes);
    if (this.#bytes.length < length) return undefined;
    const bytes = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    this.#isBegun = true;
    return { type: bytes.toString('latin1', 0, typeBytes), bytes };
  }
}

function toRequest(messages: readonly Message[]): ClientRequest {
  const bytes = Buffer.concat(messages.map((message) => message.bytes));
  const [query, parse, bind] = ['Q', 'P', 'B'].map((type) => messages.find((message) => message.type === type)?.bytes);
  if (query !== undefined) return { bytes, sql: new Fields(query).text(), values: [] };
  if (parse === undefined) return { bytes, sql: '', values: [] };
  const fields = new Fields(parse);
  fields.text();
  return { bytes, sql: fields.text(), values: bind === undefined ? [] : valuesOf(bind) };
}

function valuesOf(bind: Buffer): readonly (string | null)[] {
  const fields = new Fields(bind);
  fields.text();
  fields.text();
  for (let formats = fields.int16(); formats > 0; formats -= 1) fields.int16();
  return Array.from({ length: fields.int16() }, () => fields.value());
}

/** The fields of one message, one after the other. */
class Fields {
  readonly #bytes: Buffer;
  #at = TYPE_BYTES + LENGTH_BYTES;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  text(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }

  value(): string | null {
    const length = this.#bytes.readInt32BE(this.#at);
    this.#at += LENGTH_BYTES;
    if (length < 0) return null;
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }
}
