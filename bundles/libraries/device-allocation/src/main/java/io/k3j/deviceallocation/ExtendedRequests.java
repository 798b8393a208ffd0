package io.k3j.deviceallocation;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Requests of devices that stand for what containers ask for of extended resources, and which container has which. A
/// container that ends before others begin uses theirs, and its own are used by others like it: upstream's
/// `createRequestsAndMappings`. For one thread.
final class ExtendedRequests {
    private final List<Struct> containers;
    /// How many of them, from the first on, are init containers.
    private final int inits;
    private final List<Ask> asked = new ArrayList<>();
    private final List<Struct> mappings = new ArrayList<>();

    private record Ask(String name, String deviceClass, long count) {
        Struct request() {
            return Struct.of("name", name, "exactly", Struct.of("deviceClassName", deviceClass, "allocationMode",
                    "ExactCount", "count", count));
        }
    }

    /// @param classes the classes that stand for resources, by resource
    ExtendedRequests(Struct pod, Map<String, String> classes) {
        this.containers = new ArrayList<>(pod.seq("initContainers").structs());
        this.inits = containers.size();
        this.containers.addAll(pod.seq("containers").structs());
        classes.keySet().stream().sorted().forEach(resource -> add(resource, classes.getOrDefault(resource, "")));
    }

    /// The requests of a claim, by name.
    Seq requests() {
        return Seq.copyOf(asked.stream().sorted(Comparator.comparing(Ask::name)).map(Ask::request).toList());
    }

    /// Which container has which request, as the pod's status tells it.
    List<Struct> mappings() {
        return List.copyOf(mappings);
    }

    private void add(String resource, String deviceClass) {
        @Nullable
        Ask[] lasting = new Ask[containers.size()];
        for (int i = 0; i < lasting.length; i++) {
            long wanted = wanted(i, resource);
            if (!ends(i) && wanted > 0) {
                lasting[i] = new Ask(name(i, resource), deviceClass, wanted);
                mappings.add(mapping(i, resource, name(i, resource)));
            }
        }
        ending(resource, deviceClass, lasting);
        for (Ask one : lasting) {
            if (one != null) {
                asked.add(one);
            }
        }
    }

    /// Those that end run one after the other: the most that one of them needs besides what others have anyway is
    /// enough for each.
    private void ending(String resource, String deviceClass, @Nullable Ask[] lasting) {
        List<Struct> own = new ArrayList<>();
        Set<String> names = new HashSet<>();
        @Nullable
        Ask most = null;
        for (int i = 0; i < inits; i++) {
            long missing = ends(i) ? wanted(i, resource) : 0;
            for (int later = i; later < lasting.length && missing > 0; later++) {
                Ask theirs = lasting[later];
                if (theirs != null) {
                    missing -= theirs.count();
                    own.add(mapping(i, resource, theirs.name()));
                }
            }
            if (missing > 0) {
                Ask more = new Ask(name(i, resource), deviceClass, missing);
                names.add(more.name());
                own.add(mapping(i, resource, more.name()));
                most = most == null || most.count() < missing ? more : most;
            }
        }
        if (most != null) {
            asked.add(most);
        }
        for (Struct one : own) {
            mappings.add(most != null && names.contains(one.text("requestName"))
                    ? one.with("requestName", most.name()) : one);
        }
    }

    /// Whether a container ends before the pod's own begin.
    private boolean ends(int container) {
        return container < inits && !containers.get(container).text("restartPolicy").equals("Always");
    }

    private long wanted(int container, String resource) {
        Struct requests = requests(container);
        return requests.has(resource) ? Quantity.of(requests.get(resource)).value() : 0;
    }

    private Struct requests(int container) {
        return containers.get(container).struct("resources").struct("requests");
    }

    /// Upstream's name: the number of the container, and that of the resource among all that the container asks for.
    private String name(int container, String resource) {
        long before = requests(container).names().stream().filter(n -> n.compareTo(resource) < 0).count();
        return "container-" + container + "-request-" + before;
    }

    private Struct mapping(int container, String resource, String request) {
        return Struct.of("containerName", containers.get(container).text("name"), "resourceName", resource,
                "requestName", request);
    }
}
