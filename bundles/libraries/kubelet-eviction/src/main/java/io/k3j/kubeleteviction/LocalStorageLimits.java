package io.k3j.kubeleteviction;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Optional;
import java.util.stream.Stream;

/// Whether a pod has taken more of the node's disk than its limits allow, whatever the node has left:
/// <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#local-ephemeral-storage>. Pure.
///
/// @param separate whether containers' layers are on a file system of their own; they do not count then
record LocalStorageLimits(boolean separate) {
    private static final String STORAGE = "ephemeral-storage";

    /// A limit that a pod is beyond.
    ///
    /// @param signal what metrics call it, as upstream
    /// @param message why the pod has to go
    record Excess(String signal, String message) {
    }

    /// Why a pod has to go.
    Optional<Excess> excess(Obj pod, Struct stats) {
        return volume(pod, stats).or(() -> whole(pod, stats)).or(() -> container(pod, stats));
    }

    private static Optional<Excess> volume(Obj pod, Struct stats) {
        for (Struct volume : pod.spec().seq("volumes").structs()) {
            Quantity limit = Quantity.of(volume.struct("emptyDir").get("sizeLimit"));
            Struct used = stats.seq("volume").find("name", volume.text("name"));
            if (limit.signum() > 0 && Quantity.bytes(used.whole("usedBytes", 0)).compareTo(limit) > 0) {
                return Optional.of(new Excess("emptydirfs.limit", "Usage of EmptyDir volume \"" + volume.text("name")
                        + "\" exceeds the limit \"" + limit + "\". "));
            }
        }
        return Optional.empty();
    }

    /// Limits of all containers together; of init containers the largest counts where it is more.
    private static Optional<Excess> whole(Obj pod, Struct stats) {
        Stream<Struct> all = Stream.of("containers", "initContainers")
                .flatMap(list -> pod.spec().seq(list).structs().stream());
        if (all.noneMatch(c -> limits(c).has(STORAGE))) {
            return Optional.empty();
        }
        Quantity sum = Quantity.ZERO;
        for (Struct c : pod.spec().seq("containers").structs()) {
            sum = sum.add(Quantity.of(limits(c).get(STORAGE)));
        }
        for (Struct c : pod.spec().seq("initContainers").structs()) {
            Quantity one = Quantity.of(limits(c).get(STORAGE));
            sum = c.text("restartPolicy").equals("Always") ? sum.add(one) : one.compareTo(sum) > 0 ? one : sum;
        }
        long used = stats.struct(STORAGE).whole("usedBytes", 0);
        return Quantity.bytes(used).compareTo(sum) > 0
                ? Optional.of(new Excess("ephemeralpodfs.limit",
                        "Pod ephemeral local storage usage exceeds the total limit of containers " + sum + ". "))
                : Optional.empty();
    }

    private Optional<Excess> container(Obj pod, Struct stats) {
        for (Struct spec : pod.spec().seq("containers").structs()) {
            Quantity limit = Quantity.of(limits(spec).get(STORAGE));
            Struct c = stats.seq("containers").find("name", spec.text("name"));
            long used = c.struct("logs").whole("usedBytes", 0)
                    + (separate ? 0 : c.struct("rootfs").whole("usedBytes", 0));
            if (limit.signum() > 0 && Quantity.bytes(used).compareTo(limit) > 0) {
                return Optional.of(new Excess("ephemeralcontainerfs.limit", "Container " + spec.text("name")
                        + " exceeded its local ephemeral storage limit \"" + limit + "\". "));
            }
        }
        return Optional.empty();
    }

    private static Struct limits(Struct container) {
        return container.struct("resources").struct("limits");
    }
}
