package io.k3j.schedulercache;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Among which pods one without spread constraints of its own is spread: those that the selectors of its Services and
/// of the controller that owns it select all together, as upstream's `DefaultSelector`. Any thread.
///
/// See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#internal-default-constraints>.
public final class DefaultSelector {
    private static final String SELECTOR = "selector";
    private final LiveView services;
    private final LiveView replicationControllers;
    private final LiveView replicaSets;
    private final LiveView statefulSets;

    /// Looks at Services and what owns pods in these views.
    public DefaultSelector(LiveViews views) {
        this.services = views.of(BuiltinResources.SERVICES);
        this.replicationControllers = views.of(BuiltinResources.REPLICATION_CONTROLLERS);
        this.replicaSets = views.of(BuiltinResources.REPLICA_SETS);
        this.statefulSets = views.of(BuiltinResources.STATEFUL_SETS);
    }

    /// What selects them; everything where nothing is said of the pod, which is not spread then.
    public Selector of(PodInfo pod) {
        Map<String, String> labels = new HashMap<>();
        for (Obj service : services.list(pod.namespace())) {
            Struct selector = service.spec().struct(SELECTOR);
            if (selects(selector, pod.labels())) {
                labels.putAll(selector.texts());
            }
        }
        List<Selector.Requirement> further = new ArrayList<>();
        pod.pod().controller().ifPresent(owner -> add(owner, pod, labels, further));
        if (labels.isEmpty() && further.isEmpty()) {
            return Selector.EVERYTHING;
        }
        further.addAll(Selector.ofLabels(labels).requirements());
        return new Selector(List.copyOf(further));
    }

    /// Without a copy of the selector: a namespace may have thousands of Services.
    private static boolean selects(Struct selector, Map<String, String> labels) {
        for (int i = 0; i < selector.size(); i++) {
            if (!selector.value(i).equals(labels.get(selector.name(i)))) {
                return false;
            }
        }
        return true;
    }

    private void add(Struct owner, PodInfo pod, Map<String, String> labels, List<Selector.Requirement> further) {
        Key key = new Key(pod.namespace(), owner.text("name"));
        switch (owner.text("apiVersion") + "/" + owner.text("kind")) {
            case "v1/ReplicationController" -> replicationControllers.get(key)
                    .ifPresent(o -> labels.putAll(o.spec().struct(SELECTOR).texts()));
            case "apps/v1/ReplicaSet" -> further.addAll(requirements(replicaSets.get(key)));
            case "apps/v1/StatefulSet" -> further.addAll(requirements(statefulSets.get(key)));
            default -> {
                // Jobs and DaemonSets are not spread by default
            }
        }
    }

    private static List<Selector.Requirement> requirements(Optional<Obj> owner) {
        try {
            return owner.map(o -> Selector.of(o.spec().struct(SELECTOR)).requirements()).orElse(List.of());
        } catch (IllegalArgumentException e) {
            // no API server stores such a one; nothing is known of its pods
            return List.of();
        }
    }
}
