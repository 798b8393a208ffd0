package io.k3j.controllersautoscaling;

import io.k3j.apimachinery.GoDuration;
import io.k3j.apimachinery.Quantity;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.Times;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Metrics of the three APIs: `metrics.k8s.io`, which this process serves itself unless another server does, and
/// `custom.metrics.k8s.io` and `external.metrics.k8s.io`, which adapters serve.
///
/// @param api of the controller's account
record ApiMetrics(ApiClient api) implements MetricsClient {
    private static final Gvr PODS = Gvr.of("metrics.k8s.io/v1beta1", "pods");
    /// An adapter may serve the older one only.
    private static final List<String> CUSTOM = List.of("custom.metrics.k8s.io/v1beta2",
            "custom.metrics.k8s.io/v1beta1");
    /// What is said of a version that nobody serves.
    private static final String NOBODY = "the server could not find the requested resource";
    private static final int NOT_FOUND = 404;
    private static final String EXTERNAL = "external.metrics.k8s.io";
    private static final Duration WINDOW = Duration.ofMinutes(1);
    /// How many values of one answer are taken: more than there can be pods of a target.
    private static final int MOST = 100_000;

    @Override
    public Map<String, Sample> resource(String namespace, Selector pods, String resource, String container) {
        Map<String, Sample> all = new HashMap<>();
        List<Obj> figures = asked("resource", () -> api.list(PODS, Query.in(namespace).labelled(pods)).items());
        if (figures.isEmpty()) {
            throw new MetricFailure("no metrics returned from resource metrics API");
        }
        for (Obj pod : figures) {
            List<Struct> containers = pod.tree().seq("containers").structs();
            if (!container.isEmpty()) {
                containers = containers.stream().filter(c -> c.text("name").equals(container)).toList();
                if (containers.isEmpty()) {
                    throw new MetricFailure("container " + container + " not present in metrics for pod "
                            + pod.namespace() + "/" + pod.name());
                }
            }
            if (!containers.isEmpty() && containers.stream().allMatch(c -> c.struct("usage").has(resource))) {
                long sum = Sums.of(containers.stream().map(c -> milli(c.struct("usage").get(resource))).toList());
                all.put(pod.name(), new Sample(sum, at(pod.tree()), window(pod.tree())));
            }
        }
        return all;
    }

    @Override
    public Map<String, Sample> pods(String namespace, Selector pods, Struct metric) {
        Struct parameters = parameters(metric, "metricLabelSelector").with("labelSelector", pods.toString());
        Map<String, Sample> all = new HashMap<>();
        for (Struct one : custom("pods", new Key(namespace, "*"), metric.text("name"), parameters)) {
            all.put(one.struct("describedObject").text("name"), new Sample(milli(one.get("value")), at(one),
                    one.has("windowSeconds") ? Duration.ofSeconds(one.whole("windowSeconds", 0)) : WINDOW));
        }
        return all;
    }

    @Override
    public long object(String namespace, Struct described, Struct metric) {
        boolean whole = described.text("kind").equals("Namespace") && !described.text("apiVersion").contains("/");
        String resource = whole ? "namespaces" : qualified(described);
        Key key = whole ? Key.of(described.text("name")) : new Key(namespace, described.text("name"));
        String name = whole ? "metrics/" + metric.text("name") : metric.text("name");
        return milli(custom(resource, key, name, parameters(metric, "metricLabelSelector")).getFirst().get("value"));
    }

    /// The resource of a kind, with its group unless that is the core's: `ingresses.networking.k8s.io`.
    private String qualified(Struct described) {
        String version = described.text("apiVersion");
        String group = version.contains("/") ? version.substring(0, version.indexOf('/')) : "";
        return api.resources().stream().filter(r -> r.kind().equals(described.text("kind"))
                && r.resource().group().equals(group)).map(r -> r.resource().qualified()).findFirst()
                .orElseThrow(() -> new MetricFailure("unable to fetch metrics from custom metrics API: no matches for "
                        + "kind \"" + described.text("kind") + "\" in group \"" + group + "\""));
    }

    @Override
    public List<Long> external(String namespace, Struct metric) {
        Gvr resource = Gvr.of(EXTERNAL + "/v1beta1", metric.text("name"));
        Struct answer = asked("external",
                () -> api.read(resource, new Key(namespace, ""), "", parameters(metric, "labelSelector")));
        return items("external", answer).stream().map(v -> milli(v.get("value"))).toList();
    }

    /// As the newest version says that knows of it.
    private List<Struct> custom(String resource, Key key, String name, Struct parameters) {
        String why = NOBODY;
        for (String version : CUSTOM) {
            try {
                return items("custom", api.read(Gvr.of(version, resource), key, name, parameters));
            } catch (ApiFault fault) {
                if (fault.code() != NOT_FOUND) {
                    throw failed("custom", fault.getMessage());
                }
                why = why.equals(NOBODY) ? String.valueOf(fault.getMessage()) : why;
            }
        }
        throw failed("custom", why.equals(NOBODY) ? "no custom metrics API (custom.metrics.k8s.io) registered" : why);
    }

    private static List<Struct> items(String which, Struct answer) {
        List<Struct> items = answer.seq("items").structs();
        if (items.isEmpty()) {
            throw new MetricFailure("no metrics returned from " + which + " metrics API");
        }
        return items.subList(0, Math.min(MOST, items.size()));
    }

    private static <T> T asked(String which, Supplier<T> question) {
        try {
            return question.get();
        } catch (ApiFault fault) {
            throw failed(which, fault.getMessage());
        }
    }

    private static MetricFailure failed(String which, @Nullable String why) {
        return new MetricFailure("unable to fetch metrics from " + which + " metrics API: " + why);
    }

    private static Struct parameters(Struct metric, String name) {
        Struct selector = metric.struct("selector");
        return selector.isEmpty() ? Struct.EMPTY : Struct.of(name, Selector.of(selector).toString());
    }

    private static long milli(@Nullable Object quantity) {
        try {
            return Quantity.of(quantity).milliValue();
        } catch (IllegalArgumentException e) {
            throw new MetricFailure("a metric's value is no quantity: " + e.getMessage());
        }
    }

    private static Instant at(Struct figures) {
        return Times.parse(figures.text("timestamp")).orElse(Instant.EPOCH);
    }

    private static Duration window(Struct figures) {
        try {
            return GoDuration.parse(figures.text("window"));
        } catch (IllegalArgumentException e) {
            return WINDOW;
        }
    }
}
