import { runWorker } from './process';

void runWorker(process.env);
