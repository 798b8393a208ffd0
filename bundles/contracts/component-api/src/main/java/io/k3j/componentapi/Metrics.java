package io.k3j.componentapi;

import org.osgi.annotation.versioning.ConsumerType;

/// What a component counts of itself, for the `/metrics` of the node's kubelet and of the API server: in K3s all
/// components of a process share one registry, so that each `/metrics` of that process has them.
///
/// **Who.** Components register it as a service; `kubelet` and `apiserver` read it.
///
/// **Guarantees.** An implementation gives these, and `io.k3j.testkit.MetricsContract` holds it to them:
/// 1. Its text is whole: each family once, with its `# HELP`, its `# TYPE` and then its samples, each once.
/// 2. What is counted never goes down while the service is there: counters, and what histograms and summaries count.
/// 3. Several threads may ask at once.
@ConsumerType
@FunctionalInterface
public interface Metrics {
    /// Prometheus' text form 0.0.4: whole lines, each family with its `# HELP` and `# TYPE`. A family that another
    /// component has, too (`workqueue_*`), becomes one with it, so labels tell its samples apart. Any thread; must not
    /// block.
    String text();
}
