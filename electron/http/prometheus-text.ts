import { Counter, Gauge, Registry } from 'prom-client'
import { LATENCY_BOUNDS_MS } from '../core/kernel/latency.ts'
import type { Metrics, Sample } from '../core/kernel/metrics.ts'

const MS_PER_SECOND = 1000

/** What was measured, in the text format of Prometheus. */
export async function prometheusText(metrics: Metrics): Promise<string> {
  const { samples, sources } = await metrics.collect()
  const registry = new Registry()
  const groups = new Map<string, Sample[]>()
  for (const sample of [...ownSamples(metrics), ...samples, ...sources.map(sourceSample)])
    groups.set(sample.name, [...(groups.get(sample.name) ?? []), sample])
  for (const [name, group] of groups) addGroup(registry, name, group)
  return `${await registry.metrics()}${latencyText(metrics)}`
}

function addGroup(registry: Registry, name: string, group: readonly Sample[]): void {
  const [first] = group
  if (first === undefined) return
  const labelNames = [...new Set(group.flatMap((sample) => Object.keys(sample.labels ?? {})))]
  const options = { name, help: first.help, labelNames, registers: [registry] }
  if (first.type === 'counter') {
    const counter = new Counter(options)
    for (const { labels, value } of group) counter.inc({ ...labels }, value)
  } else {
    const gauge = new Gauge(options)
    for (const { labels, value } of group) gauge.set({ ...labels }, value)
  }
}

function ownSamples(metrics: Metrics): readonly Sample[] {
  const checks = [...metrics.checks()].map(
    ([outcome, value]): Sample => ({
      name: 'weir_limit_checks_total',
      help: 'Limit checks of this process by what they came to',
      type: 'counter',
      value,
      labels: { outcome },
    }),
  )
  const calls = [...metrics.calls()].flatMap(([operation, { outcomes }]) =>
    [...outcomes].map(
      ([outcome, value]): Sample => ({
        name: 'weir_operations_total',
        help: 'Calls of this process by operation and outcome',
        type: 'counter',
        value,
        labels: { operation, outcome },
      }),
    ),
  )
  return [...checks, ...calls]
}

function sourceSample({ name, isUp }: { readonly name: string; readonly isUp: boolean }): Sample {
  return {
    name: 'weir_metrics_source_up',
    help: 'Whether a part of Weir could be asked for its figures',
    type: 'gauge',
    value: isUp ? 1 : 0,
    labels: { source: name },
  }
}

/** The histograms are kept as plain counters, cheaper than prom-client's, so they are written out here. */
function latencyText(metrics: Metrics): string {
  const name = 'weir_operation_duration_seconds'
  const lines = [`# HELP ${name} How long calls of an operation took`, `# TYPE ${name} histogram`]
  for (const [operation, { latency }] of metrics.calls()) {
    for (const [at, count] of latency.cumulative().entries()) {
      const bound = LATENCY_BOUNDS_MS[at]
      const le = bound === undefined ? '+Inf' : String(bound / MS_PER_SECOND)
      lines.push(`${name}_bucket{operation="${operation}",le="${le}"} ${count}`)
    }
    lines.push(`${name}_sum{operation="${operation}"} ${latency.sumMs / MS_PER_SECOND}`)
    lines.push(`${name}_count{operation="${operation}"} ${latency.count}`)
  }
  return `${lines.join('\n')}\n`
}
