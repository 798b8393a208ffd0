package io.k3j.controllersworkload;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Obj;
import java.util.Optional;
import java.util.stream.Stream;

/// The claims of one StatefulSet's pods: made with the pods, and given the owners that the retention policy asks for.
/// For one sync; its batches call it on several threads, each for another pod.
///
/// @param writer writes claims
/// @param events tells of them
/// @param view all claims, as far as the API has told
/// @param set whose pods they are of
record StatefulClaims(ExpectingWriter writer, Events events, LiveView view, Obj set) {
    /// Makes the claims that a pod lacks.
    /// @return the name of one that must go before it can be made anew, if any
    /// @throws ApiFault when one is refused
    Optional<String> complete(Obj pod) {
        Optional<String> leaving = Optional.empty();
        for (Obj claim : StatefulPods.claims(set, StatefulPods.ordinal(set, pod))) {
            Optional<Obj> known = view.get(claim.key());
            if (known.isEmpty()) {
                create(new ClaimOwners(set, pod).settled(claim), pod);
            } else if (known.get().terminating()) {
                leaving = Optional.of(claim.name());
            }
        }
        return leaving;
    }

    private void create(Obj claim, Obj pod) {
        try {
            writer.create(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, claim);
            events.normal(set, "SuccessfulCreate", "create Claim " + claim.name() + " Pod " + pod.name()
                    + " in StatefulSet " + set.name() + " success");
        } catch (ApiFault fault) {
            if (!fault.namespaceTerminating() && !fault.reason().equals("AlreadyExists")) {
                events.warning(set, "FailedCreate", "create Claim " + claim.name() + " for Pod " + pod.name()
                        + " in StatefulSet " + set.name() + " failed error: " + fault.getMessage());
            }
            throw fault;
        }
    }

    /// Gives the claims of a pod their owners; those that are not there are left to a later sync. Before a condemned
    /// pod is deleted: nothing tells afterwards whose they were.
    /// @throws ApiFault 409 when one has been changed meanwhile, and others
    void settle(Obj pod) {
        ClaimOwners owners = new ClaimOwners(set, pod);
        known(pod).forEach(claim -> {
            Obj settled = owners.settled(claim);
            if (owners.conflict(claim) && (settled != claim || StatefulPods.pending(pod))) {
                events.warning(set, "ConflictingController", "PersistentVolumeClaim " + claim.name()
                        + " has a conflicting OwnerReference that acts as a manging controller, the retention policy"
                        + " is ignored for this claim");
            }
            if (settled != claim) {
                writer.update(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, settled);
            }
        });
    }

    /// Whether a pod that is to be made has to wait: its claim goes with the pod before, which was scaled down.
    boolean goingWithFormerPod(Obj pod) {
        return ClaimOwners.deletes(set, "whenScaled") && known(pod).anyMatch(new ClaimOwners(set, pod)::ofFormerPod);
    }

    private Stream<Obj> known(Obj pod) {
        return StatefulPods.claims(set, StatefulPods.ordinal(set, pod)).stream()
                .flatMap(claim -> view.get(claim.key()).stream());
    }
}
