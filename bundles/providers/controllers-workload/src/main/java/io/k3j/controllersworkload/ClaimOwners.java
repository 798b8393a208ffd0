package io.k3j.controllersworkload;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whose the claims of a StatefulSet's pod are, so that the garbage collector deletes them as the set's
/// `persistentVolumeClaimRetentionPolicy` says: the set's with `whenDeleted: Delete`, a condemned pod's with
/// `whenScaled: Delete`, nobody's else:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention>. Pure.
record ClaimOwners(Obj set, Obj pod) {
    /// Whether somebody else controls a claim, for which the policy is not followed then. A policy that keeps
    /// everything is no matter of who controls the claims.
    boolean conflict(Obj claim) {
        return (deletes(set, "whenDeleted") || deletes(set, "whenScaled"))
                && claim.owners().stream().anyMatch(o -> !ours(o) && (o.flag("controller") || namesake(o)));
    }

    /// The claim with its owners set right; the same when they are. One that belongs to a set or pod of before, of the
    /// same name, is left to the garbage collector.
    Obj settled(Obj claim) {
        if (claim.owners().stream().anyMatch(o -> !ours(o) && namesake(o))) {
            return claim;
        }
        @Nullable
        Obj owner = conflict(claim) ? null : owner();
        List<Struct> ours = claim.owners().stream().filter(this::ours).toList();
        boolean right = owner == null ? ours.isEmpty()
                : ours.size() == 1 && ours.getFirst().flag("controller") && points(ours.getFirst(), owner);
        return right ? claim : owned(claim, owner);
    }

    private Obj owned(Obj claim, @Nullable Obj owner) {
        List<Struct> owners = new ArrayList<>(claim.owners());
        owners.removeIf(this::ours);
        if (owner != null) {
            owners.add(owner.ownerReference());
        }
        return owners.isEmpty() ? claim.without("metadata", "ownerReferences")
                : claim.with(owners, "metadata", "ownerReferences");
    }

    private @Nullable Obj owner() {
        if (deletes(set, "whenScaled") && !StatefulPods.wanted(set, pod)) {
            return pod;
        }
        return deletes(set, "whenDeleted") ? set : null;
    }

    /// Whether the policy deletes claims on an occasion, `whenDeleted` or `whenScaled`.
    static boolean deletes(Obj set, String occasion) {
        return set.spec().struct("persistentVolumeClaimRetentionPolicy").text(occasion).equals("Delete");
    }

    /// Whether a claim belongs to a pod of this name that was there before.
    boolean ofFormerPod(Obj claim) {
        return claim.owners().stream().anyMatch(o -> !points(o, pod) && names(o, pod));
    }

    private boolean ours(Struct owner) {
        return points(owner, set) || points(owner, pod);
    }

    private boolean namesake(Struct owner) {
        return names(owner, set) || names(owner, pod);
    }

    /// A pod that is to be made has no uid yet, and owns nothing.
    private static boolean points(Struct owner, Obj object) {
        return !object.uid().isEmpty() && owner.text("uid").equals(object.uid());
    }

    private static boolean names(Struct owner, Obj object) {
        return Stream.of("apiVersion", "kind").allMatch(f -> owner.text(f).equals(object.tree().text(f)))
                && owner.text("name").equals(object.name());
    }
}
