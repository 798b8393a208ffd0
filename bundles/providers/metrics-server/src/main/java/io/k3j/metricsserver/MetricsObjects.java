package io.k3j.metricsserver;

import io.k3j.apimachinery.Quantity;
import io.k3j.controllerkit.Times;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `NodeMetrics` and `PodMetrics`. Pure.
final class MetricsObjects {
    private static final String VERSION = "metrics.k8s.io/v1beta1";
    private static final long MINUTE_MILLIS = 60_000;

    private MetricsObjects() {
    }

    /// @param now becomes the creation time, as upstream has it
    static Struct node(Obj node, Usage.Amount amount, Instant now) {
        return Struct.of("apiVersion", VERSION, "kind", "NodeMetrics", "metadata", metadata(node, now), "timestamp",
                Times.seconds(Instant.ofEpochMilli(amount.atMillis())), "window", window(amount.windowMillis()),
                "usage", usage(amount));
    }

    /// Time and window are those of the container that was measured first, as upstream has it.
    /// @param containers not empty
    static Struct pod(Obj pod, Map<String, Usage.Amount> containers, Instant now) {
        Usage.Amount earliest = containers.values().stream()
                .min((a, b) -> Long.compare(a.atMillis(), b.atMillis())).orElseThrow();
        List<Struct> all = new ArrayList<>();
        new TreeMap<>(containers).forEach((name, a) -> all.add(Struct.of("name", name, "usage", usage(a))));
        return Struct.of("apiVersion", VERSION, "kind", "PodMetrics", "metadata", metadata(pod, now), "timestamp",
                Times.seconds(Instant.ofEpochMilli(earliest.atMillis())), "window", window(earliest.windowMillis()),
                "containers", Seq.copyOf(all));
    }

    private static Struct metadata(Obj of, Instant now) {
        Struct labels = of.metadata().struct("labels");
        return Struct.builder().put("name", of.name()).putUnlessEmpty("namespace", of.namespace())
                .put("creationTimestamp", Times.seconds(now)).putUnlessEmpty("labels", labels).build();
    }

    private static Struct usage(Usage.Amount amount) {
        return Struct.of("cpu", Quantity.parse(amount.cpuNanos() + "n").toString(), "memory",
                Quantity.bytes(amount.memoryBytes()).toString());
    }

    /// The usage of several containers together.
    static Struct sum(List<Struct> containers) {
        Quantity cpu = Quantity.ZERO;
        Quantity memory = Quantity.ZERO;
        for (Struct c : containers) {
            cpu = cpu.add(Quantity.of(c.struct("usage").get("cpu")));
            memory = memory.add(Quantity.of(c.struct("usage").get("memory")));
        }
        return Struct.of("cpu", cpu.toString(), "memory", memory.toString());
    }

    /// As Go writes a `time.Duration`: `9.5s`, `1m30s`.
    static String window(long millis) {
        String seconds = BigDecimal.valueOf(millis % MINUTE_MILLIS, 3).stripTrailingZeros().toPlainString() + "s";
        return millis < MINUTE_MILLIS ? seconds : millis / MINUTE_MILLIS + "m" + seconds;
    }
}
