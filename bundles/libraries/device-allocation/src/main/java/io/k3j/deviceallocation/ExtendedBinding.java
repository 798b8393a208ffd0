package io.k3j.deviceallocation;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componenthelpers.PodClaim;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// Makes the claim of a pod's extended resources, tells the pod of it, and deletes it when the pod is not bound. Any
/// thread; blocks for the API.
record ExtendedBinding(ApiClient api, AssumedDevices devices) {
    private static final String STATUS = "status";
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    /// As often as upstream's `RetryOnConflict`.
    private static final int TRIES = 5;
    private static final System.Logger LOG = System.getLogger("io.k3j.scheduler");

    /// Makes a planned claim, with its devices. One that does not get them is deleted.
    Obj made(Obj planned) {
        Obj created = api.create(BuiltinResources.RESOURCE_CLAIMS, ExtendedClaim.creation(planned),
                WriteOptions.PLAIN);
        try {
            return api.update(BuiltinResources.RESOURCE_CLAIMS, created.with(planned.status(), STATUS),
                    WriteOptions.STATUS);
        } catch (ApiFault fault) {
            undo(created);
            throw fault;
        }
    }

    /// Tells the pod which claim its extended resources have, or no more that there is one: where one was deleted
    /// the pod may say so without being seen to yet.
    ///
    /// @param written with the claim that was made, if one was
    void tell(Obj pod, DevicePlan plan, List<Obj> written) {
        Optional<Obj> made = written.stream().filter(c -> ExtendedClaim.madeFor(c, pod)).findFirst();
        if (made.isEmpty() && plan.stale().isEmpty() && PodClaim.extended(pod).isEmpty()) {
            return;
        }
        Object told = made.<Object>map(c -> Struct.of("requestMappings", Seq.copyOf(plan.mappings()),
                "resourceClaimName", c.name())).orElse(Null.NULL);
        Struct changes = Struct.of("metadata", Struct.of("uid", pod.uid()), STATUS,
                Struct.of("extendedResourceClaimStatus", told));
        api.patch(BuiltinResources.PODS, pod.key(), new Patch.Strategic(changes), WriteOptions.STATUS);
    }

    /// Deletes one whose pod is not bound. What fails is left to the next attempt, else to the end of the pod.
    void undo(Obj claim) {
        try {
            delete(claim);
        } catch (ApiFault fault) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot delete a claim of extended resources claim={0} error={1}",
                    claim.key(), fault.getMessage());
        }
    }

    /// Deletes one, whose devices are others' then. One that has gone is no failure.
    ///
    /// @throws ApiFault when it stays; 409 when another pod has its devices meanwhile
    void delete(Obj claim) {
        for (int tries = 1;; tries++) {
            try {
                api.find(BuiltinResources.RESOURCE_CLAIMS, claim.key()).filter(c -> c.uid().equals(claim.uid()))
                        .ifPresent(this::deleteNow);
                devices.gone(claim);
                return;
            } catch (ApiFault fault) {
                if (tries == TRIES || fault.code() != NOT_FOUND && fault.code() != CONFLICT) {
                    throw fault;
                }
            }
        }
    }

    private void deleteNow(Obj claim) {
        if (ExtendedClaim.shared(claim)) {
            throw new ApiFault(CONFLICT, "Conflict", "claim " + claim.key() + " is reserved for other pods",
                    Struct.EMPTY);
        }
        if (claim.finalizers().contains(ExtendedClaim.FINALIZER)) {
            List<String> others = claim.finalizers().stream().filter(f -> !f.equals(ExtendedClaim.FINALIZER)).toList();
            api.update(BuiltinResources.RESOURCE_CLAIMS, others.isEmpty() ? claim.without("metadata", "finalizers")
                    : claim.with(Seq.copyOf(others), "metadata", "finalizers"), WriteOptions.PLAIN);
        }
        if (!claim.terminating()) {
            api.delete(BuiltinResources.RESOURCE_CLAIMS, claim.key(), DeleteOptions.PLAIN.ifUid(claim.uid()));
        }
    }
}
