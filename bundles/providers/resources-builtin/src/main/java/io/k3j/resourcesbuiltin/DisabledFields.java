package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.componentbase.FeatureGate;
import io.k3j.componentbase.FeatureGates;
import io.k3j.kindrules.Fill;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Takes away what of pods, of pod templates in any kind, of StatefulSets and of CSIDrivers belongs to a feature gate
/// that is off, unless the object has it already: upstream's `DropDisabledPodFields` and its like in the strategies.
/// Nobody is told, as upstream. Any thread.
final class DisabledFields {
    private static final String POD_SPEC = "io.k8s.api.core.v1.PodSpec";
    /// The fields on the way to a pod spec, from the root of any kind that has one.
    private static final List<String> WAY = List.of("spec", "template", "jobTemplate");
    private static final int DEEPEST = 5;
    /// Of a pod's group, which `GenericWorkload` switches on.
    private static final String GROUP = "schedulingGroup";
    /// Sources of projected volumes.
    private final List<String> sources;
    /// Places of other kinds.
    private final Map<Gvk, List<String>> fields = new HashMap<>();
    /// By kind; empty for one that has no pod spec.
    private final Map<Gvk, List<String>> places = new ConcurrentHashMap<>();

    /// @param gates of the API server
    DisabledFields(FeatureGates gates) {
        List<String> off = new ArrayList<>();
        if (!gates.enabled(FeatureGate.CLUSTER_TRUST_BUNDLE_PROJECTION)) {
            off.add("clusterTrustBundle");
        }
        if (!gates.enabled(FeatureGate.POD_CERTIFICATE_REQUEST)) {
            off.add("podCertificate");
        }
        this.sources = List.copyOf(off);
        // of `VolumeLimitScaling`
        fields.put(Gvk.of("storage.k8s.io/v1", "CSIDriver"), List.of("spec", "preventPodSchedulingIfMissing"));
        if (!gates.enabled(FeatureGate.MAX_UNAVAILABLE_STATEFUL_SET)) {
            fields.put(Gvk.of("apps/v1", "StatefulSet"),
                    List.of("spec", "updateStrategy", "rollingUpdate", "maxUnavailable"));
        }
    }

    /// The object of a write without them.
    Struct dropped(Write write, Struct object) {
        if (write.operation() != Operation.CREATE && write.operation() != Operation.UPDATE) {
            return object;
        }
        List<String> field = fields.get(write.kind().gvk());
        return ofPods(write, field == null ? object : without(write, object, field.toArray(String[]::new)));
    }

    private static Struct without(Write write, Struct object, String... path) {
        boolean had = write.before().filter(b -> b.at(path) != null).isPresent();
        return had || object.at(path) == null ? object : object.withoutAt(path);
    }

    private Struct ofPods(Write write, Struct object) {
        List<String> place = place(write.kind());
        if (place.isEmpty()) {
            return object;
        }
        String[] path = place.toArray(String[]::new);
        Struct spec = spec(object, path);
        Struct before = write.before().map(b -> spec(b, path)).orElse(Struct.EMPTY);
        Struct kept = spec.has(GROUP) && !before.has(GROUP) ? spec.without(GROUP) : spec;
        for (String source : sources) {
            kept = uses(spec, source) && !uses(before, source) ? without(kept, source) : kept;
        }
        return kept == spec ? object : object.withAt(kept, path);
    }

    private static Struct spec(Struct object, String... path) {
        return object.at(path) instanceof Struct spec ? spec : Struct.EMPTY;
    }

    private static boolean uses(Struct spec, String source) {
        return spec.seq("volumes").structs().stream().anyMatch(
                v -> v.struct("projected").seq("sources").structs().stream().anyMatch(s -> s.has(source)));
    }

    /// The source stays, and is of no sort, as upstream's.
    private static Struct without(Struct spec, String source) {
        return Fill.each(spec, "volumes",
                v -> Fill.inside(v, "projected", p -> Fill.each(p, "sources", s -> s.without(source))));
    }

    private List<String> place(ResourceKind kind) {
        return places.computeIfAbsent(kind.gvk(), k -> find(kind.shape(), new ArrayList<>()));
    }

    private static List<String> find(Shape shape, List<String> path) {
        if (shape.definition().equals(POD_SPEC)) {
            return List.copyOf(path);
        }
        for (String name : path.size() < DEEPEST ? WAY : List.<String>of()) {
            @Nullable
            Field field = shape.field(name);
            if (field != null) {
                List<String> longer = new ArrayList<>(path);
                longer.add(name);
                List<String> found = find(field.shape(), longer);
                if (!found.isEmpty()) {
                    return found;
                }
            }
        }
        return List.of();
    }
}
