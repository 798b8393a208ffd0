package io.k3j.features;

import io.k3j.componentapi.ClusterSettings;
import io.k3j.componentapi.Plan;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;

/// What an agent's node cannot know by itself: every flag some feature declares critical is the cluster's to
/// say. Features that are handed such a setting start once the cluster has said it; on a server nobody waits.
final class Cluster {
    private final Plan plan;
    private final Set<String> decided;

    Cluster(Plan plan, Collection<Feature> all) {
        this.plan = plan;
        this.decided = plan.role().equals("agent")
                ? all.stream().flatMap(f -> f.critical().stream()).collect(Collectors.toSet()) : Set.of();
    }

    /// Whether a feature has to wait.
    boolean awaitedBy(Feature feature) {
        return feature.settings().values().stream().flatMap(List::stream).anyMatch(decided::contains);
    }

    /// Blocks until the cluster has said its settings.
    static ClusterSettings await(BundleContext context) throws InterruptedException {
        ServiceTracker<ClusterSettings, ClusterSettings> tracker = new ServiceTracker<>(context,
                ClusterSettings.class, null);
        tracker.open();
        try {
            return tracker.waitForService(0);
        } finally {
            tracker.close();
        }
    }

    /// The settings of the command line with the cluster's over them. Pure.
    Map<String, Object> settings(ClusterSettings cluster) {
        Map<String, Object> settings = new HashMap<>(plan.settings());
        settings.putAll(cluster.values());
        return settings;
    }

    /// The words neither this node nor the cluster wants. Pure.
    Set<String> disabled(ClusterSettings cluster) {
        Set<String> words = new HashSet<>(plan.disabled());
        words.addAll(cluster.disabled());
        return words;
    }
}
