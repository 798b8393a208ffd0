package io.k3j.controllersautoscaling;

import io.k3j.apimachinery.Quantity;
import io.k3j.controllerkit.Pods;
import io.k3j.controllersautoscaling.ReplicaCalculator.Result;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/// Asks the metric of one entry of `spec.metrics` and says how many replicas it wants. For one pass.
///
/// @param metrics where figures come from
/// @param namespace of the autoscaler
/// @param selector of the target's pods
/// @param pods the target's pods
/// @param calculator of replicas
/// @param present replicas the target has, as it says
/// @param now the time of day
/// @param options say when a pod is starting
record MetricSources(MetricsClient metrics, String namespace, Selector selector, List<Obj> pods,
        ReplicaCalculator calculator, long present, Instant now, AutoscalerOptions options) {
    /// What a metric wants.
    ///
    /// @param name for people
    /// @param status the entry of `status.currentMetrics`
    record Proposal(long replicas, String name, Struct status) {
    }

    /// A metric cannot be had.
    static final class Unable extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String reason;
        private final String whole;

        private Unable(String reason, String message, String prefix) {
            super(message);
            this.reason = reason;
            this.whole = prefix.isEmpty() ? message : prefix + ": " + message;
        }

        /// The reason of condition and event.
        String reason() {
            return reason;
        }

        /// The message with what was being asked for.
        String whole() {
            return whole;
        }
    }

    /// @throws Unable with reason and message
    Proposal of(Struct metric) {
        String type = metric.text("type");
        return switch (type) {
            case "Resource" -> attempt("FailedGetResourceMetric", "failed to get "
                    + metric.struct("resource").text("name") + " resource metric value",
                    () -> resource(type, "resource", metric.struct("resource")));
            case "ContainerResource" -> attempt("FailedGetContainerResourceMetric", "failed to get "
                    + metric.struct("containerResource").text("container") + " container metric value",
                    () -> resource(type, "containerResource", metric.struct("containerResource")));
            case "Pods" -> attempt("FailedGetPodsMetric", "failed to get pods metric value",
                    () -> pods(metric.struct("pods")));
            case "Object" -> attempt("FailedGetObjectMetric", "failed to get object metric value",
                    () -> object(metric.struct("object")));
            case "External" -> attempt("FailedGetExternalMetric", "failed to get "
                    + metric.struct("external").struct("metric").text("name") + " external metric value",
                    () -> external(metric.struct("external")));
            default -> throw new Unable("InvalidMetricSourceType", "unknown metric source type \"" + type + "\"", "");
        };
    }

    private static Proposal attempt(String reason, String prefix, Supplier<Proposal> work) {
        try {
            return work.get();
        } catch (MetricFailure failure) {
            throw new Unable(reason, String.valueOf(failure.getMessage()), prefix);
        }
    }

    private Proposal resource(String type, String field, Struct source) {
        String name = source.text("name");
        Struct target = source.struct("target");
        if (target.has("averageValue")) {
            Result result = within("failed to get " + name + " usage",
                    () -> calculator.average(groups(source), milli(target, "averageValue")));
            return new Proposal(result.replicas(), name + " resource",
                    resourceStatus(type, field, source, Struct.of("averageValue", text(result.average()))));
        }
        if (!target.has("averageUtilization")) {
            throw new MetricFailure("invalid resource metric source: neither an average utilization target nor an "
                    + "average value (usage) target was set");
        }
        Result result = within("failed to get " + name + " utilization", () -> {
            PodGroups groups = groups(source);
            return calculator.utilization(groups, TargetRequests.of(pods, name, source.text("container")),
                    target.whole("averageUtilization", 0));
        });
        String what = type.equals("Resource") ? " resource" : " container resource";
        return new Proposal(result.replicas(), name + what + " utilization (percentage of request)",
                resourceStatus(type, field, source, Struct.of("averageUtilization", result.utilization(),
                        "averageValue", text(result.average()))));
    }

    private static Struct resourceStatus(String type, String field, Struct source, Struct current) {
        Struct.Builder b = Struct.builder().put("name", source.text("name"));
        return Struct.of("type", type, field,
                b.putUnlessEmpty("container", source.text("container")).put("current", current).build());
    }

    private PodGroups groups(Struct source) {
        String name = source.text("name");
        return PodGroups.of(pods, within("unable to get metrics for resource " + name,
                () -> metrics.resource(namespace, selector, name, source.text("container"))), name.equals("cpu"), now,
                options);
    }

    private Proposal pods(Struct source) {
        Struct metric = source.struct("metric");
        Result result = calculator.average(PodGroups.of(pods, within("unable to get metric " + metric.text("name"),
                () -> metrics.pods(namespace, selector, metric)), false, now, options),
                milli(source.struct("target"), "averageValue"));
        return new Proposal(result.replicas(), "pods metric " + metric.text("name"), Struct.of("type", "Pods", "pods",
                Struct.of("metric", metric, "current", Struct.of("averageValue", text(result.average())))));
    }

    private Proposal object(Struct source) {
        Struct metric = source.struct("metric");
        Struct described = source.struct("describedObject");
        long value = askedOf(metric, described);
        Struct target = source.struct("target");
        boolean shared = target.text("type").equals("AverageValue") && target.has("averageValue");
        if (!shared && !target.has("value")) {
            throw new MetricFailure("invalid object metric source: neither a value target nor an average value target "
                    + "was set");
        }
        Result result = measured(value, target, shared);
        String name = described.text("kind") + " metric " + metric.text("name");
        return new Proposal(result.replicas(),
                shared ? "external metric " + metric.text("name") + "(" + GoText.of(metric)
                        + ")" : name,
                Struct.of("type", "Object", "object", Struct.of("metric", metric, "describedObject",
                        described, "current", Struct.of(shared ? "averageValue" : "value", text(result.average())))));
    }

    private long askedOf(Struct metric, Struct described) {
        try {
            return metrics.object(namespace, described, metric);
        } catch (MetricFailure failure) {
            throw new MetricFailure("unable to get metric " + metric.text("name") + ": " + described.text("kind")
                    + " on " + namespace + " " + described.text("name") + "/" + failure.getMessage());
        }
    }

    private Proposal external(Struct source) {
        Struct metric = source.struct("metric");
        Struct target = source.struct("target");
        boolean shared = target.has("averageValue");
        if (!shared && !target.has("value")) {
            throw new MetricFailure("invalid external metric source: neither a value target nor an average value "
                    + "target was set");
        }
        Result result = within("failed to get " + metric.text("name") + " external metric", () -> measured(
                Sums.of(within("unable to get external metric " + namespace + "/" + metric.text("name") + "/"
                        + GoText.of(metric), () -> metrics.external(namespace, metric))),
                target, shared));
        return new Proposal(result.replicas(), "external metric " + metric.text("name") + "(" + GoText.of(metric) + ")",
                Struct.of("type", "External", "external", Struct.of("metric", metric, "current",
                        Struct.of(shared ? "averageValue" : "value", text(result.average())))));
    }

    private Result measured(long value, Struct target, boolean shared) {
        return shared ? calculator.shared(value, milli(target, "averageValue"), present)
                : calculator.value(value, milli(target, "value"), calculator.current() == 0 ? 0 : ready());
    }

    private long ready() {
        if (pods.isEmpty()) {
            throw new MetricFailure("unable to calculate ready pods: no pods returned by selector while calculating "
                    + "replica count");
        }
        return pods.stream().filter(p -> Pods.phase(p).equals("Running") && Pods.ready(p)).count();
    }

    private static <T> T within(String what, Supplier<T> work) {
        try {
            return work.get();
        } catch (MetricFailure failure) {
            throw failure.within(what);
        }
    }

    private static long milli(Struct target, String field) {
        return Quantity.of(target.get(field)).milliValue();
    }

    private static String text(long thousandths) {
        return Quantity.milli(thousandths).toString();
    }
}
