package io.k3j.controllerkit;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which volume a claim gets: <https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding>; upstream's
/// `FindMatchingVolume`. Pure: the scheduler and the controller that binds ask the same question and get the same
/// answer.
public final class VolumeMatch {
    private VolumeMatch() {
    }

    /// The volume that is already meant for the claim, else the smallest that fits, of equals the first by name.
    ///
    /// @param volumes all that come into question, of any class
    /// @return empty when there is none, or the one the claim names is another's
    public static Optional<Obj> best(Obj claim, List<Obj> volumes) {
        String wanted = claim.spec().text("volumeName");
        if (!wanted.isEmpty()) {
            return volumes.stream().filter(v -> v.name().equals(wanted)).filter(v -> free(v) || meant(v, claim))
                    .findFirst();
        }
        Optional<Obj> meant = volumes.stream().filter(v -> meant(v, claim)).findFirst();
        return meant.isPresent() ? meant : volumes.stream().filter(v -> free(v) && !v.terminating() && fits(v, claim))
                .min(Comparator.comparing(VolumeMatch::capacity).thenComparing(Obj::name));
    }

    /// The volumes that a claim which names none may get and that are nobody's yet, in the order in which [#best] takes
    /// them.
    ///
    /// @param volumes all that come into question, of any class
    public static List<Obj> candidates(Obj claim, List<Obj> volumes) {
        return volumes.stream().filter(v -> free(v) && !v.terminating() && fits(v, claim))
                .map(v -> Map.entry(capacity(v), v))
                .sorted(Map.Entry.<Quantity, Obj>comparingByKey().thenComparing(e -> e.getValue().name()))
                .map(Map.Entry::getValue).toList();
    }

    private static boolean free(Obj volume) {
        return volume.spec().struct("claimRef").isEmpty();
    }

    /// Whether a volume names a claim, and no other one of the same name.
    public static boolean meant(Obj volume, Obj claim) {
        Struct ref = volume.spec().struct("claimRef");
        return ref.text("name").equals(claim.name()) && ref.text("namespace").equals(claim.namespace())
                && (ref.text("uid").isEmpty() || ref.text("uid").equals(claim.uid()));
    }

    private static Quantity capacity(Obj volume) {
        return Quantity.of(volume.spec().struct("capacity").get("storage"));
    }

    /// The claim's classes must be the volume's, word for word: an empty one is one, too.
    private static boolean fits(Obj volume, Obj claim) {
        Struct have = volume.spec();
        Struct want = claim.spec();
        Quantity least = Quantity.of(want.struct("resources").struct("requests").get("storage"));
        Selector selector = want.has("selector") ? Selector.of(want.struct("selector")) : Selector.EVERYTHING;
        return have.text("storageClassName").equals(want.text("storageClassName"))
                && have.text("volumeAttributesClassName").equals(want.text("volumeAttributesClassName"))
                && have.text("volumeMode", "Filesystem").equals(want.text("volumeMode", "Filesystem"))
                && have.seq("accessModes").texts().containsAll(want.seq("accessModes").texts())
                && capacity(volume).compareTo(least) >= 0 && selector.matches(volume.labels());
    }
}
