package io.k3j.workloadrules;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.DecodeFailure;
import io.k3j.schema.Decoding;
import io.k3j.schema.Shape;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Converts HorizontalPodAutoscalers between autoscaling/v2, the storage version, and autoscaling/v1, which has
/// fields for CPU utilization only. The rest is kept in annotations of `v1` and restored from them on a write; `v2`
/// has none of these annotations. Unreadable annotations are dropped. Follows upstream's
/// `pkg/apis/autoscaling/v1/conversion.go`. Pure; any thread.
final class ScalerForms {
    private static final String PREFIX = "autoscaling.alpha.kubernetes.io/";
    private static final String METRICS = PREFIX + "metrics";
    private static final String BEHAVIOR = PREFIX + "behavior";
    private static final String CURRENT = PREFIX + "current-metrics";
    private static final String CONDITIONS = PREFIX + "conditions";
    private static final List<String> OURS = List.of(METRICS, BEHAVIOR, CURRENT, CONDITIONS);
    private static final String V1_TARGET = "targetCPUUtilizationPercentage";
    private static final String V1_CURRENT = "currentCPUUtilizationPercentage";
    private static final String UTILIZATION = "averageUtilization";
    private static final long USUAL = 80;
    private final Shape newest;

    /// @param newest the schema of autoscaling/v2
    ScalerForms(Shape newest) {
        this.newest = newest;
    }

    /// The autoscaler in version `to`.
    Struct converted(Struct scaler, Gvk to) {
        Struct o = scaler.with("apiVersion", to.apiVersion());
        return to.version().equals("v1") ? older(o) : newer(o);
    }

    /// The object without the annotations of `v1`.
    static Struct plain(Struct o) {
        Struct annotations = o.struct("metadata").struct("annotations");
        for (String name : OURS) {
            annotations = annotations.without(name);
        }
        return annotations.isEmpty() ? o.withoutAt("metadata", "annotations")
                : o.withAt(annotations, "metadata", "annotations");
    }

    /// The default metric.
    static Struct defaultMetric() {
        return cpu("target", Struct.of("type", "Utilization", UTILIZATION, USUAL));
    }

    private static Struct cpu(String side, Struct value) {
        return Struct.of("type", "Resource", "resource", Struct.of("name", "cpu", side, value));
    }

    private Struct newer(Struct o) {
        Struct annotations = o.struct("metadata").struct("annotations");
        Seq metrics = restored(annotations, METRICS, m -> ScalerMetrics.nested(m, "target"), "spec",
                "metrics") instanceof Seq all ? all : Seq.EMPTY;
        Struct spec = o.struct("spec");
        if (spec.has(V1_TARGET)) {
            metrics = metrics.plus(cpu("target", Struct.of("type", "Utilization", UTILIZATION, spec.get(V1_TARGET))));
        }
        spec = spec.without(V1_TARGET).with("metrics", metrics.isEmpty() ? Seq.of(defaultMetric()) : metrics);
        if (restored(annotations, BEHAVIOR, ScalerBehavior::fromGo, "spec", "behavior") instanceof Struct b
                && !b.isEmpty()) {
            spec = spec.with("behavior", ScalerBehavior.filled(b));
        }
        Struct changed = plain(o).with("spec", spec);
        return o.has("status") ? changed.with("status", status(o.struct("status"), annotations)) : changed;
    }

    private Struct status(Struct older, Struct annotations) {
        Struct status = older.without(V1_CURRENT);
        if (restored(annotations, CURRENT, m -> ScalerMetrics.nested(m, "current"), "status",
                "currentMetrics") instanceof Seq all && !all.isEmpty()) {
            status = status.with("currentMetrics", all);
        } else if (older.has(V1_CURRENT)) {
            status = status.with("currentMetrics",
                    Seq.of(cpu("current", Struct.of(UTILIZATION, older.get(V1_CURRENT)))));
        }
        return restored(annotations, CONDITIONS, c -> c, "status", "conditions") instanceof Seq all
                && !all.isEmpty() ? status.with("conditions", all) : status;
    }

    /// The value of an annotation, decoded by the schema of a field; null when it is missing or does not fit.
    private @Nullable Object restored(Struct annotations, String name, UnaryOperator<Object> form, String... place) {
        if (annotations.text(name).isEmpty()) {
            return null;
        }
        try {
            Object value = form.apply(Json.value(annotations.text(name).getBytes(StandardCharsets.UTF_8)));
            return Decoding.decode(newest, Struct.EMPTY.withAt(value, place)).object().at(place);
        } catch (MalformedInput | DecodeFailure e) {
            return null;
        }
    }

    private static Struct older(Struct o) {
        Struct spec = o.struct("spec");
        Struct status = o.struct("status");
        Seq other = Seq.copyOf(spec.seq("metrics").structs().stream().filter(m -> utilization(m, "target") == null)
                .toList());
        Struct changed = plain(o).with("spec", toUtilization(spec.without("behavior"), "metrics", "target", V1_TARGET));
        changed = o.has("status") ? changed.with("status",
                toUtilization(status.without("conditions"), "currentMetrics", "current", V1_CURRENT)) : changed;
        changed = annotate(changed, METRICS, ScalerMetrics.flat(other, "target"));
        changed = annotate(changed, CURRENT, ScalerMetrics.flat(status.seq("currentMetrics"), "current"));
        changed = spec.has("behavior")
                ? annotate(changed, BEHAVIOR, Seq.of(ScalerBehavior.toGo(spec.struct("behavior")))) : changed;
        return annotate(changed, CONDITIONS, status.seq("conditions"));
    }

    /// Replaces all metrics by the CPU utilization of the first metric that has one.
    private static Struct toUtilization(Struct part, String metrics, String side, String field) {
        return part.seq(metrics).structs().stream().map(m -> utilization(m, side)).filter(u -> u != null).findFirst()
                .map(u -> part.with(field, u)).orElse(part).without(metrics);
    }

    private static @Nullable Object utilization(Struct metric, String side) {
        return metric.text("type").equals("Resource") && metric.struct("resource").text("name").equals("cpu")
                ? metric.at("resource", side, UTILIZATION) : null;
    }

    private static Struct annotate(Struct o, String annotation, Seq value) {
        if (value.isEmpty()) {
            return o;
        }
        return o.withAt(Json.text(annotation.equals(BEHAVIOR) ? value.get(0) : value), "metadata", "annotations",
                annotation);
    }
}
