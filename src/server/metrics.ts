/** Counters in Prometheus' text format. */

const boundaries = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];

/** Seconds, counted in buckets. */
class Histogram {
  private readonly counts = boundaries.map(() => 0);
  private sum = 0;
  private count = 0;

  add(seconds: number): void {
    this.sum += seconds;
    this.count++;
    boundaries.forEach((boundary, i) => {
      if (seconds <= boundary) this.counts[i]!++;
    });
  }

  lines(name: string, help: string): string[] {
    const buckets = boundaries.map((boundary, i) => `${name}_bucket{le="${boundary}"} ${this.counts[i]}`);
    return [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} histogram`,
      ...buckets,
      `${name}_bucket{le="+Inf"} ${this.count}`,
      `${name}_sum ${this.sum}`,
      `${name}_count ${this.count}`,
    ];
  }
}

const counters = {
  prompt_tokens_total: 'Tokens of prompts.',
  cached_tokens_total: 'Tokens of prompts that did not have to be read again.',
  completion_tokens_total: 'Tokens of answers.',
  cancelled_total: 'Requests whose client left before the end.',
  rejected_total: 'Requests sent away because the queue was full.',
} as const;

export class Metrics {
  private readonly values = new Map<keyof typeof counters, number>();
  private readonly requests = new Map<string, number>();
  private readonly firstToken = new Histogram();
  private readonly duration = new Histogram();

  add(name: keyof typeof counters, count = 1): void {
    this.values.set(name, (this.values.get(name) ?? 0) + count);
  }

  /** A request that was answered, by the path of its route. */
  answered(route: string, status: number): void {
    const key = `{route="${route}",status="${status}"}`;
    this.requests.set(key, (this.requests.get(key) ?? 0) + 1);
  }

  timeToFirstToken(seconds: number): void {
    this.firstToken.add(seconds);
  }

  requestDuration(seconds: number): void {
    this.duration.add(seconds);
  }

  /** `gauges`: what is so at the moment, by name. */
  text(gauges: Readonly<Record<string, number>>): string {
    const lines: string[] = [];
    for (const [name, help] of Object.entries(counters)) {
      const value = this.values.get(name as keyof typeof counters) ?? 0;
      lines.push(`# HELP jambalaya_${name} ${help}`, `# TYPE jambalaya_${name} counter`, `jambalaya_${name} ${value}`);
    }
    lines.push(
      '# HELP jambalaya_requests_total Requests by route and status.',
      '# TYPE jambalaya_requests_total counter',
    );
    for (const [labels, count] of this.requests) lines.push(`jambalaya_requests_total${labels} ${count}`);
    for (const [name, value] of Object.entries(gauges)) {
      lines.push(`# TYPE jambalaya_${name} gauge`, `jambalaya_${name} ${value}`);
    }
    lines.push(
      ...this.firstToken.lines('jambalaya_time_to_first_token_seconds', 'From the request to its first token.'),
    );
    lines.push(...this.duration.lines('jambalaya_request_seconds', 'From the request to the end of its answer.'));
    return `${lines.join('\n')}\n`;
  }
}
