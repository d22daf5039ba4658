import { beforeRuns, withCapture } from './capture.js';
import { copy } from './ops/copy.js';
import { untaped } from './recording.js';
import { scope } from './scope.js';
import type { Tensor } from './tensor.js';

/**
 * A tensor that is worked out from a parameter, and kept for as long as the parameter stays as it is. It is brought up to date
 * in place, when it is asked for and before each run of a step that was captured with it.
 */
export class Derived {
  private version: number;

  /** @param value what `make` gives now; the caller's, who disposes of it */
  constructor(
    private readonly value: Tensor,
    private readonly source: Tensor,
    private readonly make: (source: Tensor) => Tensor,
  ) {
    this.version = source.storage.version;
  }

  /** Made anew, in the caller's scope, where the source asks for a gradient. */
  get(): Tensor {
    if (this.source.requiresGrad) return this.make(this.source);
    this.refresh();
    beforeRuns(this.refresh);
    return this.value;
  }

  private readonly refresh = (): void => {
    const { version } = this.source.storage;
    if (this.version === version) return;
    withCapture(undefined, () => untaped(() => scope(() => copy(this.value, this.make(this.source)))));
    this.version = version;
  };
}
