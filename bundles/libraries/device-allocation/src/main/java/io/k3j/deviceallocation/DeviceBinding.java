package io.k3j.deviceallocation;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// Writes what claims have been given before their pod is bound, and takes the reservation back when it is not. Any
/// thread; blocks for the API.
public record DeviceBinding(ApiClient api, AssumedDevices devices) {
    /// Keeps an allocated claim from going while somebody has it.
    private static final String FINALIZER = "resource.kubernetes.io/delete-protection";
    private static final String STATUS = "status";
    private static final String RESERVED = "reservedFor";
    private static final System.Logger LOG = System.getLogger("io.k3j.scheduler");

    /// Writes claims, each if it is unchanged.
    ///
    /// @param plan as it was assumed; given up in any case
    /// @param pod its uid
    /// @return what was written
    /// @throws ApiFault when a claim has changed, or is refused; none is reserved then
    public List<Obj> write(List<Obj> plan, String pod) {
        List<Obj> written = new ArrayList<>();
        try {
            for (Obj wanted : plan) {
                Obj done = write(wanted);
                devices.confirm(done);
                written.add(done);
            }
            return written;
        } catch (ApiFault fault) {
            undo(written, pod);
            throw fault;
        } finally {
            // without effect on what was written
            devices.restore(plan);
        }
    }

    private Obj write(Obj wanted) {
        Obj now = wanted;
        if (!wanted.finalizers().contains(FINALIZER)) {
            Seq finalizers = Seq.copyOf(wanted.finalizers()).plus(FINALIZER);
            now = api.update(BuiltinResources.RESOURCE_CLAIMS, wanted.with(finalizers, "metadata", "finalizers"),
                    WriteOptions.PLAIN).with(wanted.status(), STATUS);
        }
        return api.update(BuiltinResources.RESOURCE_CLAIMS, now, WriteOptions.STATUS);
    }

    /// Takes devices back from claims that nobody uses, if they are unchanged.
    public void deallocate(List<Obj> claims) {
        for (Obj claim : claims) {
            try {
                api.update(BuiltinResources.RESOURCE_CLAIMS,
                        claim.with(claim.status().without("allocation").without(RESERVED), STATUS),
                        WriteOptions.STATUS);
            } catch (ApiFault fault) {
                LOG.log(System.Logger.Level.DEBUG, "Cannot deallocate a claim={0} error={1}", claim.key(),
                        fault.getMessage());
            }
        }
    }

    /// Takes the reservations for a pod back; the devices stay the claims', until a pod of theirs would rather be on
    /// another node ([#deallocate]).
    /// @param pod its uid
    public void undo(List<Obj> written, String pod) {
        for (Obj claim : written) {
            List<Object> left = claim.status().seq(RESERVED).stream()
                    .filter(c -> !(c instanceof Struct s && s.text("uid").equals(pod))).toList();
            try {
                Obj done = api.update(BuiltinResources.RESOURCE_CLAIMS, left.isEmpty()
                        ? claim.without(STATUS, RESERVED) : claim.with(Seq.copyOf(left), STATUS, RESERVED),
                        WriteOptions.STATUS);
                devices.confirm(done);
            } catch (ApiFault fault) {
                LOG.log(System.Logger.Level.DEBUG, "Cannot take back a reservation claim={0} error={1}", claim.key(),
                        fault.getMessage());
            }
        }
    }
}
