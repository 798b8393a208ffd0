package io.k3j.resourcesbuiltin;

import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// The two forms of a horizontal pod autoscaler: `v2`, in which it is stored, and `v1`, which knows one
/// metric only. Pure. Metrics that `v1` has no field for are not carried over.
final class ScalerForms {
    private ScalerForms() {
    }

    static Struct converted(Struct scaler, Gvk to) {
        Struct o = scaler.with("apiVersion", to.apiVersion());
        return to.version().equals("v1") ? older(o) : newer(o);
    }

    private static Struct newer(Struct o) {
        Struct spec = o.struct("spec");
        if (!spec.has("targetCPUUtilizationPercentage")) {
            return o;
        }
        Struct metric = Struct.of("type", "Resource", "resource", Struct.of("name", "cpu", "target", Struct.of("type",
                "Utilization", "averageUtilization", spec.whole("targetCPUUtilizationPercentage", 0))));
        Struct status = o.struct("status");
        Struct changed = o.with("spec", spec.without("targetCPUUtilizationPercentage").with("metrics", Seq.of(metric)));
        return status.isEmpty() ? changed : changed.with("status", status.without("currentCPUUtilizationPercentage"));
    }

    private static Struct older(Struct o) {
        Struct spec = o.struct("spec").without("metrics").without("behavior");
        Struct cpu = cpu(o.struct("spec").seq("metrics")).struct("target");
        if (cpu.has("averageUtilization")) {
            spec = spec.with("targetCPUUtilizationPercentage", cpu.get("averageUtilization"));
        }
        Struct status = o.struct("status").without("currentMetrics").without("conditions");
        Struct now = cpu(o.struct("status").seq("currentMetrics")).struct("current");
        if (now.has("averageUtilization")) {
            status = status.with("currentCPUUtilizationPercentage", now.get("averageUtilization"));
        }
        return o.with("spec", spec).with("status", status);
    }

    private static Struct cpu(Seq metrics) {
        for (Struct m : metrics.structs()) {
            if (m.struct("resource").text("name").equals("cpu")) {
                return m.struct("resource");
            }
        }
        return Struct.EMPTY;
    }
}
