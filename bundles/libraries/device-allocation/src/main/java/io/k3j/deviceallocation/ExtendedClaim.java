package io.k3j.deviceallocation;

import io.k3j.componenthelpers.PodClaim;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;

/// The claim that the scheduler makes for a pod's extended resources which DeviceClasses stand for, one for all of
/// them. Until it is written it has a name that no claim can have. Immutable.
///
/// @param claim as it is planned, without an allocation
/// @param mappings which container has which request
public record ExtendedClaim(Obj claim, List<Struct> mappings) {
    /// Keeps an allocated claim from going while somebody has it.
    static final String FINALIZER = "resource.kubernetes.io/delete-protection";
    private static final String ANNOTATION = "resource.kubernetes.io/extended-resource-claim";
    private static final String PLANNED = "<extended-resources>";
    private static final String METADATA = "metadata";

    /// That of a pod.
    ///
    /// @param classes the classes that stand for resources which its node does not offer otherwise, by resource
    public static ExtendedClaim of(Obj pod, Map<String, String> classes) {
        ExtendedRequests requests = new ExtendedRequests(pod.spec(), classes);
        Struct metadata = Struct.of("name", PLANNED + pod.uid(), "namespace", pod.namespace(), "generateName",
                pod.name() + "-extended-resources-", "annotations", Struct.of(ANNOTATION, "true"), "ownerReferences",
                Seq.of(pod.ownerReference().without("blockOwnerDeletion")), "finalizers", Seq.of(FINALIZER));
        Obj claim = Obj.of(Struct.of("apiVersion", "resource.k8s.io/v1", "kind", "ResourceClaim", METADATA, metadata,
                "spec", Struct.of("devices", Struct.of("requests", requests.requests()))));
        return new ExtendedClaim(claim, requests.mappings());
    }

    /// Whether a claim is still to be made.
    static boolean planned(Obj claim) {
        return claim.name().startsWith(PLANNED);
    }

    /// What is created of a planned one.
    static Obj creation(Obj planned) {
        return planned.without(METADATA, "name").without("status");
    }

    /// Whether a claim says that a scheduler has made it.
    static boolean marked(Obj claim) {
        return "true".equals(claim.annotations().get(ANNOTATION));
    }

    /// Whether a claim was made for a pod by a scheduler, and by nobody else: the pod does not name it itself, and no
    /// other has its devices. Whoever may make claims may mark one, and the devices of a running pod are not free.
    public static boolean madeFor(Obj claim, Obj pod) {
        return marked(claim) && claim.controller().filter(o -> o.text("uid").equals(pod.uid())).isPresent()
                && !shared(claim) && PodClaim.of(pod).stream().noneMatch(c -> c.claim().equals(claim.name()));
    }

    /// Whether a claim is reserved for others than the pod that it says it was made for.
    static boolean shared(Obj claim) {
        String owner = claim.controller().map(o -> o.text("uid")).orElse("");
        return claim.status().seq("reservedFor").structs().stream().anyMatch(r -> !r.text("uid").equals(owner));
    }
}
