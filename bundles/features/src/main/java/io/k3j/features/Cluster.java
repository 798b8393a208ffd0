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
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
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

    /// The list of features: that of the plan's role, or of a server without an API server.
    static String role(Plan plan) {
        boolean elsewhere = plan.role().equals("server")
                && "true".equals(String.valueOf(plan.settings().get("disableApiserver")));
        return elsewhere ? "etcd" : plan.role();
    }

    /// Whether a feature has to wait.
    boolean awaitedBy(Feature feature) {
        return feature.settings().values().stream().flatMap(List::stream).anyMatch(decided::contains);
    }

    /// Blocks until the cluster has said its settings.
    static ClusterSettings await(BundleContext context) throws InterruptedException {
        return await(new ServiceTracker<>(context, ClusterSettings.class, null));
    }

    /// Blocks until this server is a member of its cluster, or knows that it was one.
    static void awaitAdmission(BundleContext context) throws InterruptedException {
        try {
            await(new ServiceTracker<>(context, FrameworkUtil.createFilter(
                    "(&(objectClass=org.osgi.service.condition.Condition)(osgi.condition.id=io.k3j.node-admitted))"),
                    null));
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <S> S await(ServiceTracker<S, S> tracker) throws InterruptedException {
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
