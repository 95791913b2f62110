import { sampleDatabases, startSampleSystems, type SampleSystems } from './sample-systems';
import { startFarEnds, type FarEnds, type StackOptions } from './stack';

/** The far ends, with systems that hold something of every sample person, and that the worker is told of. */
export interface SampleStack extends FarEnds {
  readonly systems: SampleSystems;
}

/**
 * Starts the far ends and the sample systems. A targets file of the caller's environment takes the place of theirs.
 * @throws Error when a part does not come up; what was started before is ended
 */
export async function startSampleStack(options: Omit<StackOptions, 'databases'>): Promise<SampleStack> {
  const farEnds = await startFarEnds({ ...options, databases: await sampleDatabases() });
  try {
    const systems = await startSampleSystems(farEnds.databaseUrls);
    const close = async (): Promise<void> => {
      await farEnds.close();
      await systems.close();
    };
    return { ...farEnds, systems, environment: environmentOf(farEnds, systems), close };
  } catch (error) {
    await farEnds.close();
    throw error;
  }
}

function environmentOf({ environment }: FarEnds, systems: SampleSystems): FarEnds['environment'] {
  const { CLOSURE_SEALING_KEY: key = '', ...others } = systems.environment;
  const hasOwnKey = environment['CLOSURE_SEALING_KEY_FILE'] !== undefined;
  return { ...others, ...(hasOwnKey ? {} : { CLOSURE_SEALING_KEY: key }), ...environment };
}
