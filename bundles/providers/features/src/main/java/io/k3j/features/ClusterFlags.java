package io.k3j.features;

import io.k3j.componentapi.ClusterSettings;
import io.k3j.componentapi.Phases;
import io.k3j.componentapi.Plan;
import io.k3j.featuremodel.Feature;
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

/// The settings an agent gets from its cluster: all flags that some feature declares critical. On an agent,
/// features with such a setting start after the cluster has answered; on a server none waits.
final class ClusterFlags {
    private final Plan plan;
    private final Set<String> clusterDecided;

    ClusterFlags(Plan plan, Collection<Feature> all) {
        this.plan = plan;
        this.clusterDecided = plan.role().equals("agent")
                ? all.stream().flatMap(f -> f.critical().stream()).collect(Collectors.toSet()) : Set.of();
    }

    /// The role whose feature list applies: the plan's, or `etcd` for a server without an API server.
    static String role(Plan plan) {
        boolean withoutApiServer = plan.role().equals("server")
                && "true".equals(String.valueOf(plan.settings().get("disableApiserver")));
        return withoutApiServer ? "etcd" : plan.role();
    }

    /// Whether a feature has to wait for the cluster's settings.
    boolean awaitedBy(Feature feature) {
        return feature.settings().values().stream().flatMap(List::stream).anyMatch(clusterDecided::contains);
    }

    /// Blocks until the cluster's settings are known.
    static ClusterSettings await(BundleContext context) throws InterruptedException {
        return await(new ServiceTracker<>(context, ClusterSettings.class, null));
    }

    /// Blocks until this server is, or is known to have been, a member of its cluster.
    static void awaitAdmission(BundleContext context) throws InterruptedException {
        awaitCondition(context, "io.k3j.node-admitted");
    }

    /// Blocks until a condition of this id is there, one of [Phases] for example.
    static void awaitCondition(BundleContext context, String id) throws InterruptedException {
        try {
            await(new ServiceTracker<>(context, FrameworkUtil.createFilter(
                    "(&(objectClass=org.osgi.service.condition.Condition)(" + Phases.ID + "=" + id + "))"), null));
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

    /// The command line's settings, overridden by the cluster's.
    Map<String, Object> settings(ClusterSettings cluster) {
        Map<String, Object> settings = new HashMap<>(plan.settings());
        settings.putAll(cluster.values());
        return settings;
    }

    /// The words disabled on this node or in the cluster.
    Set<String> disabled(ClusterSettings cluster) {
        Set<String> words = new HashSet<>(plan.disabled());
        words.addAll(cluster.disabled());
        return words;
    }
}
