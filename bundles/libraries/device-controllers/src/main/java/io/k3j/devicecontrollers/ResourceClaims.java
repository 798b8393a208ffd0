package io.k3j.devicecontrollers;

import io.k3j.componenthelpers.PodClaim;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// Takes reservations of ended pods back, with the last one the devices, and deletes claims that were made for a pod
/// that runs no more: the claims' half of upstream's `resourceclaim-controller`.
final class ResourceClaims implements Reconciler {
    /// Who has an allocated claim is not left alone with it when it is deleted.
    static final String FINALIZER = "resource.kubernetes.io/delete-protection";
    private static final String STATUS = "status";
    private static final String RESERVED = "reservedFor";
    private static final String ALLOCATION = "allocation";
    private final LiveView pods;
    private final LiveView claims;

    private ResourceClaims(ControllerContext context) {
        this.pods = context.views().of(BuiltinResources.PODS);
        this.claims = context.views().of(BuiltinResources.RESOURCE_CLAIMS);
    }

    static void add(ControllerContext context) {
        ResourceClaims all = new ResourceClaims(context);
        context.loop(PodResourceClaims.NAME + "-claims", PodResourceClaims.ACCOUNT, PodResourceClaims.WORKERS, all)
                .on(all.claims).on(all.pods, ResourceClaims::of);
    }

    private static List<Key> of(Obj pod) {
        return PodClaim.all(pod).stream().filter(c -> !c.claim().isEmpty())
                .map(c -> new Key(pod.namespace(), c.claim())).toList();
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = claims.get(key);
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj claim = found.get();
        Seq consumers = claim.status().seq(RESERVED);
        List<Struct> left = consumers.structs().stream().filter(c -> uses(claim, c, writer)).toList();
        boolean last = left.isEmpty() && (left.size() < consumers.size() || claim.terminating());
        if (last) {
            release(claim, writer);
        } else if (left.size() < consumers.size()) {
            writer.updateStatus(BuiltinResources.RESOURCE_CLAIMS, claim.with(Seq.copyOf(left), STATUS, RESERVED));
        }
        if (left.isEmpty() && !claim.terminating() && ownerIsDone(claim)) {
            writer.delete(BuiltinResources.RESOURCE_CLAIMS, claim);
        }
        return Requeue.NEVER;
    }

    /// A pod that the view does not have may be newer than the view. What is no pod is somebody else's business.
    private boolean uses(Obj claim, Struct consumer, ExpectingWriter writer) {
        if (!consumer.text("apiGroup").isEmpty() || !consumer.text("resource").equals("pods")) {
            return true;
        }
        Key key = new Key(claim.namespace(), consumer.text("name"));
        Optional<Obj> pod = pods.get(key).filter(p -> p.uid().equals(consumer.text("uid")))
                .or(() -> writer.api().find(BuiltinResources.PODS, key));
        return pod.filter(p -> p.uid().equals(consumer.text("uid")) && !done(p)).isPresent();
    }

    /// Whether none of its containers runs or ever will.
    private static boolean done(Obj pod) {
        return Pods.finished(pod) || pod.terminating() && Pods.node(pod).isEmpty();
    }

    /// The devices are others' again before the claim may go.
    private static void release(Obj claim, ExpectingWriter writer) {
        boolean ours = claim.finalizers().contains(FINALIZER);
        Struct status = claim.status().without(RESERVED);
        Obj now = claim;
        if (!claim.status().equals(ours ? status.without(ALLOCATION) : status)) {
            now = writer.updateStatus(BuiltinResources.RESOURCE_CLAIMS,
                    claim.with(ours ? status.without(ALLOCATION) : status, STATUS));
        }
        if (now.finalizers().contains(FINALIZER) && !now.status().has(ALLOCATION)) {
            List<String> others = now.finalizers().stream().filter(f -> !f.equals(FINALIZER)).toList();
            writer.update(BuiltinResources.RESOURCE_CLAIMS, others.isEmpty() ? now.without("metadata", "finalizers")
                    : now.with(Seq.copyOf(others), "metadata", "finalizers"));
        }
    }

    /// A pod that is not known may be newer than the view; the garbage collector takes care of one that is gone.
    private boolean ownerIsDone(Obj claim) {
        Optional<Key> owner = Owners.controllerKey(claim, "Pod");
        String uid = claim.controller().map(c -> c.text("uid")).orElse("");
        return owner.flatMap(pods::get).filter(p -> !p.uid().equals(uid) || done(p)).isPresent();
    }
}
