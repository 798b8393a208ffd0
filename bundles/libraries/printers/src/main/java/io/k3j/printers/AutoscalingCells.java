package io.k3j.printers;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The cells of horizontal pod autoscalers, which are stored as autoscaling/v2 and shown alike in autoscaling/v1.
///
/// | function | column | cell |
/// |---|---|---|
/// | `hpa.reference` | Reference | `kind/name` of what is scaled |
/// | `hpa.targets` | Targets | `current/wanted` of each metric, the first two spelled out |
/// | `hpa.min` | MinPods | `spec.minReplicas`, `<unset>` when missing |
final class AutoscalingCells {
    /// As many metrics are spelled out; upstream's limit for this column, which is not the one of endpoints and hosts.
    private static final int SHOWN = 2;

    private AutoscalingCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("hpa.reference", (o, now) -> o.struct("spec").struct("scaleTargetRef").text("kind") + "/"
                + o.struct("spec").struct("scaleTargetRef").text("name"));
        cells.put("hpa.min", (o, now) -> Cells.given(o.struct("spec"), "minReplicas", "<unset>"));
        cells.put("hpa.targets", (o, now) -> targets(o));
    }

    /// `TARGETS`, as `cpu: 12%/80%, memory: <unknown>/200Mi + 1 more...`. The metric and its status are paired by their
    /// position in the two lists, as the autoscaling controller writes them and upstream reads them. An object in the
    /// form of autoscaling/v1 has one percentage instead of lists.
    private static String targets(Struct hpa) {
        Struct spec = hpa.struct("spec");
        if (spec.has("targetCPUUtilizationPercentage")) {
            Object now = hpa.struct("status").get("currentCPUUtilizationPercentage");
            return "cpu: " + (now == null ? "<unknown>" : now + "%") + "/"
                    + spec.whole("targetCPUUtilizationPercentage", 0) + "%";
        }
        Seq wanted = spec.seq("metrics");
        Seq current = hpa.struct("status").seq("currentMetrics");
        List<String> all = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            all.add(target(wanted.struct(i), i < current.size() ? current.struct(i) : Struct.EMPTY));
        }
        if (all.isEmpty()) {
            return Cells.NONE;
        }
        String first = String.join(", ", all.subList(0, Math.min(SHOWN, all.size())));
        return all.size() > SHOWN ? first + " + " + (all.size() - SHOWN) + " more..." : first;
    }

    /// One metric. Only a metric of a resource carries its name; an average says so (`(avg)`) only where the metric
    /// could be a plain value as well.
    private static String target(Struct metric, Struct status) {
        String field = switch (metric.text("type")) {
            case "ContainerResource" -> "containerResource";
            case "Object" -> "object";
            case "Pods" -> "pods";
            case "External" -> "external";
            case "Resource" -> "resource";
            default -> "";
        };
        if (field.isEmpty()) {
            return "<unknown type>";
        }
        Struct target = metric.struct(field).struct("target");
        Struct now = status.struct(field).struct("current");
        boolean resource = field.endsWith("esource");
        String name = resource ? metric.struct(field).text("name") + ": " : "";
        boolean average = target.has("averageValue") || field.equals("pods");
        if (resource && !average) {
            return name + percent(now, "<unknown>") + "/" + percent(target, "<auto>");
        }
        String kind = average ? "averageValue" : "value";
        Object used = now.get(kind);
        return name + (used == null ? "<unknown>" : Cells.quantity(used)) + "/" + Cells.quantity(target.get(kind))
                + (average && !resource && !field.equals("pods") ? " (avg)" : "");
    }

    private static String percent(Struct of, String otherwise) {
        return of.has("averageUtilization") ? of.whole("averageUtilization", 0) + "%" : otherwise;
    }
}
