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
    private static final String CLASS = "storageClassName";
    private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
    private static final String ATTRIBUTES = "volumeAttributesClassName";
    private static final String MODE = "volumeMode";
    private static final String FILESYSTEM = "Filesystem";

    private VolumeMatch() {
    }

    /// The volume that a claim names if it may have it; else the one that is reserved for it, else, of those that fit,
    /// one with the fewest access modes, of these the smallest, of equals the first by name: upstream's `findByClaim`.
    ///
    /// @param volumes all that come into question, of any class
    /// @return empty when there is none, or the one the claim names is another's or has not what it asks for
    public static Optional<Obj> best(Obj claim, List<Obj> volumes) {
        String wanted = claim.spec().text("volumeName");
        if (!wanted.isEmpty()) {
            return volumes.stream().filter(v -> v.name().equals(wanted))
                    .filter(v -> meant(v, claim) || free(v) && mismatch(v, claim).isEmpty()).findFirst();
        }
        Optional<Obj> reserved = reserved(claim, volumes);
        return reserved.isPresent() ? reserved
                : volumes.stream().filter(v -> free(v) && !v.terminating() && fits(v, claim))
                        .min(Comparator.comparing((Obj v) -> v.spec().seq("accessModes").size())
                                .thenComparing(VolumeMatch::capacity).thenComparing(Obj::name));
    }

    /// The volume that names a claim, if it is large enough and of its kind; its class and its access modes are the
    /// business of whoever reserved it.
    public static Optional<Obj> reserved(Obj claim, List<Obj> volumes) {
        return volumes.stream().filter(v -> meant(v, claim) && !v.terminating() && holds(v, claim)).findFirst();
    }

    /// Why a claim may not have a free volume that it names, in upstream's words; empty when it may.
    public static String mismatch(Obj volume, Obj claim) {
        Struct have = volume.spec();
        Struct want = claim.spec();
        if (volume.terminating()) {
            return "the volume is marked for deletion \"" + volume.name() + "\"";
        } else if (!largeEnough(volume, claim)) {
            return "requested PV is too small";
        } else if (!className(volume).equals(className(claim))) {
            return "storageClassName does not match";
        } else if (!same(ATTRIBUTES, "", have, want)) {
            return "volumeAttributesClassName does not match";
        } else if (!same(MODE, FILESYSTEM, have, want)) {
            return "incompatible volumeMode";
        }
        return accessible(have, want) ? "" : "incompatible accessMode";
    }

    /// The volumes that a claim which names none may get and that are nobody's yet, the smallest first, as the
    /// scheduler takes them.
    ///
    /// @param volumes all that come into question, of any class
    public static List<Obj> candidates(Obj claim, List<Obj> volumes) {
        return volumes.stream().filter(v -> free(v) && !v.terminating() && fits(v, claim))
                .map(v -> Map.entry(capacity(v), v))
                .sorted(Map.Entry.<Quantity, Obj>comparingByKey().thenComparing(e -> e.getValue().name()))
                .map(Map.Entry::getValue).toList();
    }

    /// The class of a claim or a volume, which may be named by the annotation that was there before the field and
    /// counts first; empty where it has none.
    public static String className(Obj claimOrVolume) {
        String named = claimOrVolume.annotations().get(CLASS_ANNOTATION);
        return named == null ? claimOrVolume.spec().text(CLASS) : named;
    }

    /// Whether a volume is nobody's.
    public static boolean free(Obj volume) {
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
        Selector selector = want.has("selector") ? Selector.of(want.struct("selector")) : Selector.EVERYTHING;
        return holds(volume, claim) && className(volume).equals(className(claim)) && accessible(have, want)
                && selector.matches(volume.labels());
    }

    private static boolean holds(Obj volume, Obj claim) {
        return largeEnough(volume, claim) && same(ATTRIBUTES, "", volume.spec(), claim.spec())
                && same(MODE, FILESYSTEM, volume.spec(), claim.spec());
    }

    private static boolean largeEnough(Obj volume, Obj claim) {
        Quantity least = Quantity.of(claim.spec().struct("resources").struct("requests").get("storage"));
        return capacity(volume).compareTo(least) >= 0;
    }

    private static boolean same(String field, String preset, Struct have, Struct want) {
        return have.text(field, preset).equals(want.text(field, preset));
    }

    private static boolean accessible(Struct have, Struct want) {
        return have.seq("accessModes").texts().containsAll(want.seq("accessModes").texts());
    }
}
