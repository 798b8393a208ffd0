package io.k3j.helmcontroller;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// The status of a HelmChart: K3s' `jobName`, `JobCreated` and `Failed` for tools that look at them, and what K3s
/// leaves to the log of a pod: `Ready` with the reason. Conditions have no times, as in K3s. Pure but for [#write].
final class ChartStatus {
    private final Obj chart;
    private final List<Struct> conditions = new ArrayList<>();

    private ChartStatus(Obj chart) {
        this.chart = chart;
    }

    /// Helm is at work. What failed before is told until it has succeeded.
    static ChartStatus working(ChartJob job, String what) {
        Struct before = job.chart().status().seq("conditions").find("type", "Failed");
        return of(job).add("Failed", before.text("status", "False"), before.text("reason"), before.text("message"))
                .add("Ready", "Unknown", "InProgress", what);
    }

    /// The release is as wanted.
    static ChartStatus ready(ChartJob job, String message) {
        return of(job).add("Failed", "False", "", "").add("Ready", "True", "Deployed", message);
    }

    /// It is not.
    static ChartStatus failed(ChartJob job, String reason, String message) {
        return of(job).add("Failed", "True", reason, message).add("Ready", "False", reason, message);
    }

    /// Nothing was begun.
    static ChartStatus refused(Obj chart, String reason, String message) {
        return new ChartStatus(chart).add("JobCreated", "False", "", "").add("Failed", "True", reason, message)
                .add("Ready", "False", reason, message);
    }

    /// Says which fields do nothing here; without any, nothing.
    ChartStatus ignoring(List<String> fields) {
        return fields.isEmpty()
                ? this
                : add("Ignored", "True", "NotSupported", String.join(", ", fields) + ": set, and without effect here; "
                        + "see docs/helm.md");
    }

    private static ChartStatus of(ChartJob job) {
        ChartStatus status = new ChartStatus(job.chart());
        status.conditions.add(job.condition());
        return status;
    }

    private ChartStatus add(String type, String status, String reason, String message) {
        conditions.add(Struct.builder().put("type", type).put("status", status).putUnlessEmpty("reason", reason)
                .putUnlessEmpty("message", message).build());
        return this;
    }

    Struct status() {
        return Struct.of("jobName", ChartJob.key(chart).name(), "conditions", Seq.copyOf(conditions));
    }

    /// Writes it unless it was there when the chart was read; blocks for the API. Whatever else has changed about the
    /// chart stays.
    ///
    /// @return whether it is another one
    boolean write(ExpectingWriter writer) {
        boolean other = !chart.status().equals(status());
        if (other) {
            replace(writer);
        }
        return other;
    }

    /// Writes it over what was written since the chart was read.
    void replace(ExpectingWriter writer) {
        writer.patch(HelmKinds.CHARTS, chart.key(), new Patch.Merge(Struct.of("status", status())),
                WriteOptions.STATUS);
    }
}
