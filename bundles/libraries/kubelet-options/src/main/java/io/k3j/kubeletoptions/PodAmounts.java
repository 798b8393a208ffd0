package io.k3j.kubeletoptions;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whether the amounts of a pod can be read that the kubelet adds up with those of others, or holds against what is
/// used. The API server has looked at those of its pods; nobody has at a static pod's. Pure.
final class PodAmounts {
    private static final List<String> CONTAINERS = List.of("initContainers", "containers", "ephemeralContainers");

    private PodAmounts() {
    }

    /// The first that is wrong, with its field, in upstream's words; empty when none is.
    static Optional<String> problem(Obj pod) {
        Struct spec = pod.spec();
        Stream<String> ofContainers = CONTAINERS.stream().flatMap(list -> each(spec.seq(list), "spec." + list,
                (container, at) -> resources(container.struct("resources"), at + ".resources")));
        Stream<String> ofVolumes = each(spec.seq("volumes"), "spec.volumes",
                (volume, at) -> amount(volume.struct("emptyDir").get("sizeLimit"), at + ".emptyDir.sizeLimit"));
        return Stream.of(ofContainers, resources(spec.struct("resources"), "spec.resources"),
                amounts(spec.struct("overhead"), "spec.overhead"), ofVolumes).flatMap(all -> all).findFirst();
    }

    private static Stream<String> each(Seq list, String at, BiFunction<Struct, String, Stream<String>> check) {
        return IntStream.range(0, list.size()).boxed().flatMap(i -> check.apply(list.struct(i), at + "[" + i + "]"));
    }

    private static Stream<String> resources(Struct resources, String at) {
        return Stream.of("limits", "requests").flatMap(which -> amounts(resources.struct(which), at + "." + which));
    }

    private static Stream<String> amounts(Struct amounts, String at) {
        return amounts.names().stream().flatMap(name -> amount(amounts.get(name), at + "." + name));
    }

    private static Stream<String> amount(@Nullable Object value, String at) {
        try {
            return Quantity.of(value).signum() >= 0 ? Stream.empty()
                    : Stream.of(wrong(value, at, "must be greater than or equal to 0"));
        } catch (IllegalArgumentException e) {
            return Stream.of(wrong(value, at, String.valueOf(e.getMessage())));
        }
    }

    private static String wrong(@Nullable Object value, String at, String why) {
        return at + ": Invalid value: \"" + value + "\": " + why;
    }
}
