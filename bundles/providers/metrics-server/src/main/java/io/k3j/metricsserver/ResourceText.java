package io.k3j.metricsserver;

import io.k3j.model.Key;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;

/// Reads a kubelet's `/metrics/resource`: Prometheus' text form 0.0.4. The text comes from a node, which is not
/// trusted: what is too much or damaged refuses the whole text. For one text.
final class ResourceText {
    /// Containers of one node; kubelets run 110 pods by default.
    static final int MOST_CONTAINERS = 5_000;
    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;
    private final long now;
    private final Map<Key, Map<String, Point>> pods = new HashMap<>();
    private Point node = Point.NONE;
    private int containers;

    private ResourceText(long now) {
        this.now = now;
    }

    /// @param now in milliseconds since 1970, for figures without a time of their own
    /// @throws IllegalArgumentException when it is damaged, or has more than [#MOST_CONTAINERS]
    static NodeSample parse(String text, long now) {
        ResourceText all = new ResourceText(now);
        text.lines().filter(line -> !line.isBlank() && line.charAt(0) != '#').forEach(all::line);
        all.pods.values().removeIf(c -> !c.values().stream().allMatch(Point::complete));
        return new NodeSample(all.node.complete() ? all.node : null, all.pods);
    }

    private void line(String line) {
        MetricLine m = MetricLine.parse(line);
        long at = m.atMillis() == 0 ? now : m.atMillis();
        long nanos = (long) (m.value() * NANOS);
        long bytes = (long) m.value();
        switch (m.name()) {
            case "node_cpu_usage_seconds_total" -> node = node.cpu(nanos, at);
            case "node_memory_working_set_bytes" -> node = node.memory(bytes, at);
            case "container_cpu_usage_seconds_total" -> container(m, (p, x) -> p.cpu(nanos, at));
            case "container_memory_working_set_bytes" -> container(m, (p, x) -> p.memory(bytes, at));
            case "container_start_time_seconds" -> container(m, (p, x) -> p.started((long) (m.value() * MILLIS)));
            default -> {
                // swap, pods' sums, errors
            }
        }
    }

    private void container(MetricLine m, BiFunction<Point, Point, Point> change) {
        Key key = new Key(m.label("namespace"), m.label("pod"));
        Map<String, Point> own = pods.computeIfAbsent(key, k -> new HashMap<>(2));
        String name = m.label("container");
        if (!own.containsKey(name) && ++containers > MOST_CONTAINERS) {
            throw new IllegalArgumentException("more than " + MOST_CONTAINERS + " containers");
        }
        own.merge(name, change.apply(Point.NONE, Point.NONE), (before, x) -> change.apply(before, x));
    }
}
