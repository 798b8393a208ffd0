package io.k3j.kubeletdra;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Deletes what drivers of this node offer that have gone, so that no pod waits for devices that nobody prepares: after
/// half a minute, since drivers are updated, too. At the beginning it looks once for those that have gone before. One
/// thread.
final class GoneDrivers {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final Gvr SLICES = new Gvr("resource.k8s.io", "v1", "resourceslices");
    private static final String NODE = "spec.nodeName";
    /// Upstream's delay.
    private static final Duration LATER = Duration.ofSeconds(30);
    private static final Duration AGAIN = Duration.ofSeconds(5);
    private final ApiClient api;
    private final String node;
    private final InstantSource monotonic;
    private final DraPlugins plugins;
    private final Map<String, Instant> due = new HashMap<>();
    private @Nullable Instant first;

    GoneDrivers(ApiClient api, String node, InstantSource monotonic, DraPlugins plugins) {
        this.api = api;
        this.node = node;
        this.monotonic = monotonic;
        this.plugins = plugins;
        this.first = monotonic.instant().plus(LATER);
    }

    /// These have gone now.
    void saw(Set<String> drivers) {
        drivers.forEach(d -> due.put(d, monotonic.instant().plus(LATER)));
    }

    /// Does what is due. What fails is tried again.
    void step() {
        Instant now = monotonic.instant();
        due.keySet().removeAll(plugins.names());
        Instant begin = first;
        if (begin != null && !begin.isAfter(now)) {
            first = offered(now) ? null : now.plus(AGAIN);
        }
        for (String driver : new TreeSet<>(due.keySet())) {
            if (!due.getOrDefault(driver, now).isAfter(now)) {
                wipe(driver, now);
            }
        }
    }

    /// @return whether the API has told which drivers offer something
    private boolean offered(Instant now) {
        try {
            api.list(SLICES, Query.ALL.where(NODE, node)).items().stream().map(s -> s.spec().text("driver"))
                    .filter(d -> plugins.find(d).isEmpty()).forEach(d -> due.putIfAbsent(d, now));
            return true;
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot look for ResourceSlices error={0}", e.getMessage());
            return false;
        }
    }

    private void wipe(String driver, Instant now) {
        try {
            // one by one: a selector of the driver alone would mean those of other nodes
            api.list(SLICES, Query.ALL.where(NODE, node)).items().stream()
                    .filter(s -> s.spec().text("driver").equals(driver) && s.spec().text("nodeName").equals(node))
                    .forEach(s -> api.delete(SLICES, s.key(), DeleteOptions.PLAIN.ifUid(s.uid())));
            due.remove(driver);
            LOG.log(System.Logger.Level.INFO, "Deleted ResourceSlices of a DRA driver that has gone name={0}", driver);
        } catch (ApiFault e) {
            due.put(driver, now.plus(AGAIN));
            LOG.log(System.Logger.Level.DEBUG, "Cannot delete ResourceSlices name={0} error={1}", driver,
                    e.getMessage());
        }
    }
}
