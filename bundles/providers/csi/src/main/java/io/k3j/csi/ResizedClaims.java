package io.k3j.csi;

import io.k3j.apimachinery.Quantity;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Times;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/// Writes into the status of claims how the expansion of their volumes goes on this node, as upstream's `resize_util`.
/// Any thread; blocks for the API.
///
/// @param api as the node
/// @param clock of the time of day
record ResizedClaims(ApiClient api, InstantSource clock) {
    private static final System.Logger LOG = System.getLogger("io.k3j.csi");
    private static final String STORAGE = "storage";
    private static final String STATUSES = "allocatedResourceStatuses";
    private static final String CONDITIONS = "conditions";
    private static final String IN_PROGRESS = "NodeResizeInProgress";
    private static final String ERROR = "NodeResizeError";
    /// Conditions that are over with the expansion.
    private static final Set<String> OF_RESIZES = Set.of("FileSystemResizePending", "Resizing",
            "ControllerResizeError", ERROR);

    /// How far an expansion has got, empty when nobody says so.
    static String phase(Obj claim) {
        return claim.status().struct(STATUSES).text(STORAGE);
    }

    /// The node begins to expand it.
    ///
    /// @return the claim as it is then
    /// @throws ApiFault when somebody else has written it meanwhile, or the API does not answer
    Obj begin(Obj claim) {
        return phase(claim).equals(IN_PROGRESS) ? claim
                : patch(claim, Struct.of(STATUSES, Struct.of(STORAGE, IN_PROGRESS)));
    }

    /// It has this size.
    ///
    /// @param claim as it was last written here
    /// @throws ApiFault when somebody else has written it meanwhile, or the API does not answer
    void finish(Obj claim, Quantity size) {
        Struct.Builder status = Struct.builder().put("capacity", Struct.of(STORAGE, size.toString()));
        List<Struct> before = claim.status().seq(CONDITIONS).structs();
        List<Struct> left = before.stream().filter(c -> !OF_RESIZES.contains(c.text("type"))).toList();
        if (left.size() < before.size()) {
            status.put(CONDITIONS, left.isEmpty() ? Null.NULL : Seq.copyOf(left));
        }
        Struct statuses = claim.status().struct(STATUSES);
        if (statuses.has(STORAGE)) {
            status.put(STATUSES, statuses.names().size() == 1 ? Null.NULL : Struct.of(STORAGE, Null.NULL));
        }
        patch(claim, status.build());
    }

    /// Whoever else writes the status meanwhile: a failure is not lost by that.
    ///
    /// @param infeasible whether the node will never have that size
    void failed(Obj claim, boolean infeasible, String why) {
        Struct.Builder status = Struct.builder();
        if (infeasible) {
            status.put(STATUSES, Struct.of(STORAGE, "NodeResizeInfeasible"));
        }
        if (!claim.status().seq(CONDITIONS).find("type", ERROR).text("status").equals("True")) {
            status.put(CONDITIONS, Seq.of(Struct.of("type", ERROR, "status", "True", "lastTransitionTime",
                    Times.seconds(clock.instant()), "message", "failed to expand pvc with " + why)));
        }
        Struct changes = status.build();
        if (changes.isEmpty()) {
            return;
        }
        try {
            api.patch(ReferencedObjects.CLAIMS, claim.key(), new Patch.Strategic(Struct.of("status", changes)),
                    WriteOptions.STATUS);
        } catch (ApiFault e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot tell a claim that its expansion failed claim={0} error={1}",
                    claim.key(), e.getMessage());
        }
    }

    private Obj patch(Obj claim, Struct status) {
        return api.patch(ReferencedObjects.CLAIMS, claim.key(),
                new Patch.Merge(Struct.of("metadata",
                        Struct.of("resourceVersion", Long.toString(claim.revision())), "status", status)),
                WriteOptions.STATUS);
    }
}
