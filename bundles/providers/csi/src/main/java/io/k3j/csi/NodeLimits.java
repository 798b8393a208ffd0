package io.k3j.csi;

import io.k3j.clientapi.ApiFault;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Asks drivers again how many volumes this node can have, as often as their CSIDrivers say
/// (`nodeAllocatableUpdatePeriodSeconds`), and tells the CSINode; upstream's `csiNodeUpdater`. See
/// <https://kubernetes.io/docs/concepts/storage/storage-limits/>. One thread, which drivers block one after the other.
final class NodeLimits {
    private static final System.Logger LOG = System.getLogger("io.k3j.csi");
    private static final Duration LOOK = Duration.ofSeconds(1);
    private final DriverSpecs specs;
    private final RegisteredDrivers drivers;
    private final PluginWatcher.Cluster cluster;
    private final InstantSource monotonic;
    private final CountDownLatch closed;
    /// By the names of drivers that are registered and have a period; the loop's own.
    private final Map<String, Due> due = new HashMap<>();

    /// @param at when the driver is asked next
    private record Due(Duration period, Instant at) {
    }

    /// @param closed reaches zero at the end
    NodeLimits(DriverSpecs specs, RegisteredDrivers drivers, PluginWatcher.Cluster cluster,
            InstantSource monotonic, CountDownLatch closed) {
        this.specs = specs;
        this.drivers = drivers;
        this.cluster = cluster;
        this.monotonic = monotonic;
        this.closed = closed;
    }

    /// Works until closed.
    void run() throws InterruptedException {
        do {
            look();
        } while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void look() {
        Collection<RegisteredDrivers.Driver> all = drivers.all();
        due.keySet().retainAll(all.stream().map(RegisteredDrivers.Driver::name).toList());
        for (RegisteredDrivers.Driver driver : all) {
            Duration period = specs.period(driver.name());
            Due before = due.get(driver.name());
            Instant now = monotonic.instant();
            if (period.isZero()) {
                due.remove(driver.name());
            } else if (before == null || !before.period().equals(period)) {
                due.put(driver.name(), new Due(period, now.plus(period)));
            } else if (!now.isBefore(before.at())) {
                due.put(driver.name(), new Due(period, now.plus(period)));
                ask(driver);
            }
        }
    }

    /// Asks now. What fails is asked with the next period.
    private void ask(RegisteredDrivers.Driver driver) {
        try {
            CsiMessages.NodeInfo info = driver.client().info();
            cluster.install(driver.name(), info, () -> !drivers.renew(driver, info));
        } catch (ApiFault | IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot renew how many volumes this node can have driver={0}"
                    + " error={1}", driver.name(), e.getMessage());
        }
    }
}
