package io.k3j.devicecontrollers;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componenthelpers.PodClaim;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes the ResourceClaims that pods want made of templates, and tells the pods what they are called; reserves claims
/// for pods that were bound without the scheduler: the pods' half of upstream's `resourceclaim-controller`. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/>.
final class PodResourceClaims implements Reconciler {
    static final String NAME = "resourceclaim-controller";
    static final String ACCOUNT = "resource-claim-controller";
    private static final String ANNOTATION = "resource.kubernetes.io/pod-claim-name";
    /// Of a generated name, so that five characters more make 63.
    private static final int LONGEST_BASE = 57;
    /// Upstream's `ResourceClaimReservedForMaxSize`.
    private static final int MOST_CONSUMERS = 256;
    static final int WORKERS = 10;
    private final LiveView pods;
    private final LiveView claims;
    private final LiveView templates;
    private final Events events;

    private PodResourceClaims(ControllerContext context) {
        this.pods = context.views().of(BuiltinResources.PODS);
        this.claims = Owners.indexed(context.views().of(BuiltinResources.RESOURCE_CLAIMS));
        this.templates = context.views().of(BuiltinResources.RESOURCE_CLAIM_TEMPLATES);
        this.events = context.events("resource_claim", ACCOUNT);
    }

    static void add(ControllerContext context) {
        PodResourceClaims all = new PodResourceClaims(context);
        context.loop(NAME, ACCOUNT, WORKERS, all).on(all.pods, p -> wants(p) ? List.of(p.key()) : List.of())
                .on(all.claims, c -> Owners.controllerKey(c, "Pod").map(List::of).orElse(List.of()))
                .reads(all.templates);
    }

    private static boolean wants(Obj pod) {
        return !pod.spec().seq("resourceClaims").isEmpty() && Pods.active(pod);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = pods.get(key).filter(PodResourceClaims::wants);
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj pod = found.get();
        List<Struct> made = new ArrayList<>();
        for (PodClaim claim : PodClaim.of(pod)) {
            try {
                make(pod, claim, writer).ifPresent(name -> made.add(Struct.of("name", claim.name(),
                        "resourceClaimName", name)));
            } catch (ApiFault fault) {
                if (!fault.namespaceTerminating()) {
                    events.warning(pod, "FailedResourceClaimCreation",
                            "PodResourceClaim " + claim.name() + ": " + fault.getMessage());
                }
                throw fault;
            }
        }
        if (!made.isEmpty()) {
            Struct changes = Struct.of("metadata", Struct.of("uid", pod.uid()), "status",
                    Struct.of("resourceClaimStatuses", Seq.copyOf(made)));
            writer.patch(BuiltinResources.PODS, key, new Patch.Strategic(changes), WriteOptions.STATUS);
        } else if (!Pods.node(pod).isEmpty()) {
            reserve(pod, writer);
        }
        return Requeue.NEVER;
    }

    /// @return the name that the pod is to be told; empty when it knows it
    private Optional<String> make(Obj pod, PodClaim claim, ExpectingWriter writer) {
        boolean there = !claim.claim().isEmpty()
                && claims.get(new Key(pod.namespace(), claim.claim())).filter(c -> claim.mayBe(c, pod)).isPresent();
        if (!claim.generated() || !claim.needed() || there) {
            return Optional.empty();
        }
        // one that was made before, of which the pod has not been told
        Optional<Obj> orphan = Owners.controlled(claims, pod).stream()
                .filter(c -> claim.name().equals(c.annotations().get(ANNOTATION))).findFirst();
        return Optional.of(orphan.map(Obj::name).orElseGet(
                () -> writer.create(BuiltinResources.RESOURCE_CLAIMS, made(pod, claim)).name()));
    }

    private Obj made(Obj pod, PodClaim claim) {
        Obj template = templates.get(new Key(pod.namespace(), claim.template()))
                .orElseThrow(() -> new ApiFault(404, "NotFound", "resource claim template \"" + claim.template()
                        + "\": " + ApiFault.notFound(BuiltinResources.RESOURCE_CLAIM_TEMPLATES, claim.template())
                                .getMessage(),
                        Struct.EMPTY));
        Struct meta = template.spec().struct("metadata");
        Struct metadata = Struct.builder().put("generateName", base(pod.name(), claim.name()))
                .put("namespace", pod.namespace()).putUnlessEmpty("labels", meta.struct("labels"))
                .put("annotations", meta.struct("annotations").with(ANNOTATION, claim.name()))
                .put("ownerReferences", Seq.of(pod.ownerReference())).build();
        return Obj.of(Struct.of("apiVersion", BuiltinResources.RESOURCE_CLAIMS.apiVersion(), "kind", "ResourceClaim",
                "metadata", metadata, "spec", template.spec().struct("spec")));
    }

    /// Both names are cut in proportion, so that something is left of each.
    static String base(String pod, String claim) {
        String whole = pod + "-" + claim + "-";
        if (whole.length() <= LONGEST_BASE) {
            return whole;
        }
        return pod.substring(0, pod.length() * LONGEST_BASE / whole.length()) + "-"
                + claim.substring(0, claim.length() * LONGEST_BASE / whole.length());
    }

    /// A pod that names its node itself uses claims that are allocated already, and do not go.
    private void reserve(Obj pod, ExpectingWriter writer) {
        for (PodClaim claim : PodClaim.of(pod)) {
            Optional<Obj> found = claims.get(new Key(pod.namespace(), claim.claim()))
                    .filter(c -> claim.mayBe(c, pod) && c.status().has("allocation") && !c.terminating()
                            && !PodClaim.reserved(c, pod.uid()));
            if (found.isPresent() && found.get().status().seq("reservedFor").size() < MOST_CONSUMERS) {
                Seq consumers = found.get().status().seq("reservedFor").plus(
                        Struct.of("resource", "pods", "name", pod.name(), "uid", pod.uid()));
                writer.updateStatus(BuiltinResources.RESOURCE_CLAIMS,
                        found.get().with(consumers, "status", "reservedFor"));
            }
        }
    }
}
