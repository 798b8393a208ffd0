package io.k3j.resourcesbuiltin;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// The `TARGETS` cell of horizontal pod autoscalers, which are stored as autoscaling/v2.
final class ScalerCells {
    private static final int SHOWN = 2;

    private ScalerCells() {
    }

    /// As `cpu: 12%/80%, memory: <unknown>/200Mi + 1 more...`.
    static String targets(Struct hpa) {
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

    private static String target(Struct metric, Struct status) {
        String field = switch (metric.text("type")) {
            case "ContainerResource" -> "containerResource";
            case "Object" -> "object";
            case "Pods" -> "pods";
            case "External" -> "external";
            default -> "resource";
        };
        Struct target = metric.struct(field).struct("target");
        Struct now = status.struct(field).struct("current");
        String name = field.endsWith("esource") ? metric.struct(field).text("name") + ": " : "";
        if (target.has("averageUtilization")) {
            Object used = now.get("averageUtilization");
            return name + (used == null ? "<unknown>" : used + "%") + "/" + target.whole("averageUtilization", 0) + "%";
        }
        String kind = target.has("averageValue") ? "averageValue" : "value";
        String suffix = kind.equals("averageValue") && !field.endsWith("esource") ? " (avg)" : "";
        Object used = now.get(kind);
        return name + (used == null ? "<unknown>" : used) + "/" + target.get(kind) + suffix;
    }
}
