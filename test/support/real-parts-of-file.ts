import { afterAll, beforeAll } from '@jest/globals';
import { FIRST_START_MS, startRealParts, type Parts, type RealParts } from './real-parts';

/** Starts everything, with one worker, before the tests of a file, and ends it after them. To be called at the file's top level. */
export function realPartsOfThisFile(): Parts {
  let running: RealParts | undefined;
  const started = (): RealParts => {
    if (running === undefined) throw new TypeError('The parts are not started yet.');
    return running;
  };
  beforeAll(async () => {
    running = await startRealParts();
    await running.startWorker();
  }, FIRST_START_MS);
  afterAll(() => running?.close());
  return {
    get temporal() {
      return started().temporal;
    },
    get entra() {
      return started().entra;
    },
    get environment() {
      return started().environment;
    },
    get client() {
      return started().client;
    },
    get service() {
      return started().service;
    },
    startWorker: (settings) => started().startWorker(settings),
    workerOutput: () => started().workerOutput(),
  };
}
