/** A place that is this process's alone until it is released; the second release does nothing. */
export interface FileLock extends AsyncDisposable {
  release(): Promise<void>;
}
