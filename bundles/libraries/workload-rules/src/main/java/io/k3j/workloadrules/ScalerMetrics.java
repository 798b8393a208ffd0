package io.k3j.workloadrules;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Converts a metric of a HorizontalPodAutoscaler between two forms: nested, as in autoscaling/v2 (`resource: {name:
/// memory, target: {averageValue: 1Gi}}`), and flat, as in annotations of autoscaling/v1 (`resource: {name: memory,
/// targetAverageValue: 1Gi}`). The side is `target` for wanted and `current` for measured metrics. Pure.
final class ScalerMetrics {
    private static final String TARGET = "target";
    private static final String VALUE = "averageValue";
    private static final String UTILIZATION = "averageUtilization";
    private static final List<String> SOURCES = List.of("object", "pods", "resource", "containerResource", "external");

    private ScalerMetrics() {
    }

    /// Converts nested metrics to flat ones.
    static Seq flat(Seq metrics, String side) {
        return Seq.copyOf(metrics.structs().stream().map(m -> {
            Struct all = Struct.of("type", m.text("type"));
            for (String source : SOURCES) {
                all = m.has(source) ? all.with(source, flat(source, m.struct(source), side)) : all;
            }
            return all;
        }).toList());
    }

    /// Converts flat metrics to nested ones; a value that is not a list of metrics stays as it is.
    static Object nested(Object metrics, String side) {
        return metrics instanceof Seq s
                ? Seq.copyOf(s.stream().map(m -> m instanceof Struct metric ? nested(metric, side) : m).toList())
                : metrics;
    }

    private static Struct flat(String source, Struct metric, String side) {
        Struct.Builder all = Struct.builder();
        names(source, side).forEach((flat, path) -> all.putUnlessEmpty(flat, metric.at(path)));
        return all.build();
    }

    private static Struct nested(Struct metric, String side) {
        Struct all = Struct.of("type", metric.get("type"));
        for (String source : SOURCES) {
            if (metric.has(source) && metric.get(source) != Null.NULL) {
                all = all.with(source, nested(source, metric.struct(source), side));
            }
        }
        return all;
    }

    private static Struct nested(String source, Struct metric, String side) {
        Struct all = Struct.EMPTY;
        for (Map.Entry<String, String[]> e : names(source, side).entrySet()) {
            Object value = metric.get(e.getKey());
            all = value == null || value == Null.NULL ? all : all.withAt(value, e.getValue());
        }
        Struct target = all.struct(TARGET);
        return side.equals(TARGET) ? all.with(TARGET, Struct.of("type", type(target)).toBuilder()
                .putUnlessEmpty("value", target.get("value")).putUnlessEmpty(VALUE, target.get(VALUE))
                .putUnlessEmpty(UTILIZATION, target.get(UTILIZATION)).build()) : all;
    }

    /// The target type, which the flat form does not have.
    private static String type(Struct target) {
        if (target.has(UTILIZATION)) {
            return "Utilization";
        }
        return target.has("value") && !target.has(VALUE) ? "Value" : "AverageValue";
    }

    /// The flat names and the paths of their values in the nested form.
    private static Map<String, String[]> names(String source, String side) {
        boolean object = source.equals("object");
        Map<String, String[]> names = new LinkedHashMap<>();
        names.put(object ? TARGET : "name", new String[] {object ? "describedObject" : "name"});
        names.put("container", new String[] {"container"});
        names.put("metricName", new String[] {"metric", "name"});
        names.put(source.equals("external") ? "metricSelector" : "selector", new String[] {"metric", "selector"});
        names.put(side + "Value", new String[] {side, "value"});
        names.put(object ? VALUE : side + "AverageValue", new String[] {side, VALUE});
        names.put(side + "AverageUtilization", new String[] {side, UTILIZATION});
        return names;
    }
}
