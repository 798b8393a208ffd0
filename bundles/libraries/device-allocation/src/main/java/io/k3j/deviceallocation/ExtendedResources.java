package io.k3j.deviceallocation;

import io.k3j.model.Obj;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Extended resources that DeviceClasses stand for: who asks for one in `resources.requests` gets devices of its class.
/// Pure. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#extended-resource>.
public final class ExtendedResources {
    /// Before the name of a class: a resource that each class stands for.
    private static final String OF_CLASS = "deviceclass.resource.kubernetes.io/";
    private static final String NAMED = "extendedResourceName";
    /// The newest class first, of equally old ones the one whose name comes first.
    private static final Comparator<Obj> FIRST = Comparator
            .comparing((Obj c) -> c.metadata().text("creationTimestamp")).reversed().thenComparing(Obj::name);

    private ExtendedResources() {
    }

    /// The resources that a class stands for.
    public static List<String> of(Obj deviceClass) {
        String own = deviceClass.spec().text(NAMED);
        String named = OF_CLASS + deviceClass.name();
        return own.isEmpty() ? List.of(named) : List.of(own, named);
    }

    /// The one of several classes that stands for a resource.
    static Optional<Obj> chosen(List<Obj> classes) {
        return classes.stream().min(FIRST);
    }

    /// The names of the classes that stand for resources, by resource. What no class stands for is left out.
    ///
    /// @param requested amounts by resource
    public static Map<String, String> classes(Map<String, Long> requested, ClaimedDevices devices) {
        if (requested.isEmpty()) {
            return Map.of();
        }
        Map<String, String> classes = new TreeMap<>();
        requested.forEach((resource, amount) -> {
            if (amount > 0) {
                devices.classOf(resource).ifPresent(c -> classes.put(resource, c.name()));
            }
        });
        return classes;
    }
}
