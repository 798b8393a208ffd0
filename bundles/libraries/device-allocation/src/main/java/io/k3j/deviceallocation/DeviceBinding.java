package io.k3j.deviceallocation;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componenthelpers.PodClaim;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes what claims have been given before their pod is bound, and takes the reservation back when it is not. Any
/// thread; blocks for the API.
public record DeviceBinding(ApiClient api, AssumedDevices devices) {
    private static final String FINALIZER = ExtendedClaim.FINALIZER;
    private static final String STATUS = "status";
    private static final String RESERVED = "reservedFor";
    private static final String ALLOCATION = "allocation";
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    /// As often as upstream's `RetryOnConflict`.
    private static final int TRIES = 5;
    private static final System.Logger LOG = System.getLogger("io.k3j.scheduler");

    /// Writes claims, each if it has no other devices meanwhile. The one of extended resources is made; the pod is told
    /// of it.
    ///
    /// @param plan whose claims were assumed; given up in any case
    /// @return what was written
    /// @throws ApiFault when a claim has other devices, or is refused; none is reserved then
    public List<Obj> write(DevicePlan plan, Obj pod) {
        List<Obj> written = new ArrayList<>();
        ExtendedBinding extended = extended();
        try {
            plan.stale().forEach(extended::delete);
            for (Obj wanted : plan.claims()) {
                Obj done = ExtendedClaim.planned(wanted) ? extended.made(wanted) : write(wanted, pod);
                devices.confirm(done);
                written.add(done);
            }
            extended.tell(pod, plan, written);
            return written;
        } catch (ApiFault fault) {
            undo(written, pod);
            throw fault;
        } finally {
            // without effect on what was written
            devices.restore(plan.claims());
        }
    }

    private ExtendedBinding extended() {
        return new ExtendedBinding(api, devices);
    }

    /// Pods that share a claim reserve it at once, each at the revision that it knew.
    private Obj write(Obj wanted, Obj pod) {
        Obj now = wanted;
        for (int tries = 1;; tries++) {
            try {
                return put(now);
            } catch (ApiFault fault) {
                Optional<Obj> newest = fault.code() == CONFLICT && tries < TRIES ? renewed(wanted, pod)
                        : Optional.empty();
                now = newest.orElseThrow(() -> fault);
            }
        }
    }

    /// What is wanted of the claim as it is now; empty where it has other devices, or goes.
    private Optional<Obj> renewed(Obj wanted, Obj pod) {
        Obj newest = api.get(BuiltinResources.RESOURCE_CLAIMS, wanted.key());
        boolean open = !newest.status().has(ALLOCATION);
        if (!newest.uid().equals(wanted.uid()) || newest.terminating() || !open && !results(newest).equals(
                results(wanted))) {
            return Optional.empty();
        }
        Obj allocated = open ? newest.with(wanted.status().struct(ALLOCATION), STATUS, ALLOCATION) : newest;
        return Optional.of(PodClaim.reserved(allocated, pod.uid()) ? allocated
                : reserved(allocated, pod));
    }

    /// A claim with one reservation more.
    public static Obj reserved(Obj claim, Obj pod) {
        Seq consumers = claim.status().seq(RESERVED)
                .plus(Struct.of("resource", "pods", "name", pod.name(), "uid", pod.uid()));
        return claim.with(consumers, STATUS, RESERVED);
    }

    private static Seq results(Obj claim) {
        return claim.status().struct(ALLOCATION).struct("devices").seq("results");
    }

    private Obj put(Obj wanted) {
        Obj now = wanted;
        if (!wanted.finalizers().contains(FINALIZER)) {
            Seq finalizers = Seq.copyOf(wanted.finalizers()).plus(FINALIZER);
            now = api.update(BuiltinResources.RESOURCE_CLAIMS, wanted.with(finalizers, "metadata", "finalizers"),
                    WriteOptions.PLAIN).with(wanted.status(), STATUS);
        }
        return api.update(BuiltinResources.RESOURCE_CLAIMS, now, WriteOptions.STATUS);
    }

    /// Takes devices back from claims that nobody uses but a pod without a node, if they are unchanged; of those that
    /// others use, too, it takes back the pod's reservation, so that the last of them gives the devices back.
    public void deallocate(List<Obj> claims, Obj pod) {
        for (Obj claim : claims) {
            Seq left = others(claim, pod);
            Struct status = left.isEmpty() ? claim.status().without(ALLOCATION).without(RESERVED)
                    : claim.status().with(RESERVED, left);
            try {
                api.update(BuiltinResources.RESOURCE_CLAIMS, claim.with(status, STATUS), WriteOptions.STATUS);
            } catch (ApiFault fault) {
                LOG.log(System.Logger.Level.DEBUG, "Cannot deallocate a claim={0} error={1}", claim.key(),
                        fault.getMessage());
            }
        }
    }

    /// Ends what was written for a pod whose binding was refused. One that has gone keeps its reservations, which the
    /// controller takes back with the devices; so does one that somebody else has bound.
    public void refused(List<Obj> written, Obj pod, ApiFault fault) {
        if (fault.code() != NOT_FOUND && fault.code() != CONFLICT) {
            undo(written, pod);
        }
    }

    /// Takes the reservations for a pod back; the devices stay the claims', until a pod of theirs would rather be on
    /// another node ([#deallocate]). The claim of extended resources goes.
    private void undo(List<Obj> written, Obj pod) {
        written.stream().filter(c -> ExtendedClaim.madeFor(c, pod)).forEach(extended()::undo);
        for (Obj claim : written.stream().filter(c -> !ExtendedClaim.madeFor(c, pod)).toList()) {
            Seq left = others(claim, pod);
            try {
                Obj done = api.update(BuiltinResources.RESOURCE_CLAIMS, left.isEmpty()
                        ? claim.without(STATUS, RESERVED) : claim.with(left, STATUS, RESERVED),
                        WriteOptions.STATUS);
                devices.confirm(done);
            } catch (ApiFault fault) {
                LOG.log(System.Logger.Level.DEBUG, "Cannot take back a reservation claim={0} error={1}", claim.key(),
                        fault.getMessage());
            }
        }
    }

    /// Those for whom a claim is reserved, without a pod.
    private static Seq others(Obj claim, Obj pod) {
        return Seq.copyOf(claim.status().seq(RESERVED).stream()
                .filter(c -> !(c instanceof Struct s && s.text("uid").equals(pod.uid()))).toList());
    }
}
