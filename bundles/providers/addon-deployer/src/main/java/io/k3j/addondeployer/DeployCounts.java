package io.k3j.addondeployer;

import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import java.util.concurrent.atomic.AtomicLong;

/// What the deployer counts of itself. Any thread.
final class DeployCounts implements Metrics {
    private final AtomicLong applied = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong removed = new AtomicLong();
    private final AtomicLong pruned = new AtomicLong();
    private final AtomicLong deployed = new AtomicLong();
    private final AtomicLong failing = new AtomicLong();

    /// A file was applied, and so many objects that it has dropped were deleted.
    void applied(long deleted) {
        applied.incrementAndGet();
        pruned.addAndGet(deleted);
    }

    /// An attempt failed.
    void failed() {
        failed.incrementAndGet();
    }

    /// A disabled Addon was removed.
    void removed() {
        removed.incrementAndGet();
    }

    /// How many files are as the cluster has them, and how many are tried again.
    void files(long now, long troubled) {
        deployed.set(now);
        failing.set(troubled);
    }

    @Override
    public String text() {
        return new MetricText()
                .family("k3j_addon_deployments_total", Type.COUNTER, "Attempts to deploy or remove a manifest.")
                .value(applied, "result", "applied").value(failed, "result", "failed")
                .value(removed, "result", "removed")
                .family("k3j_addon_pruned_objects_total", Type.COUNTER, "Objects deleted because their file dropped"
                        + " them.")
                .value(pruned)
                .family("k3j_addon_files", Type.GAUGE, "Manifests of this server.")
                .value(deployed, "state", "deployed").value(failing, "state", "failing").toString();
    }
}
