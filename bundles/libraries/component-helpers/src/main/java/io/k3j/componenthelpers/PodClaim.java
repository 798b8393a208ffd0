package io.k3j.componenthelpers;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// One entry of a pod's `spec.resourceClaims`, with the ResourceClaim that it stands for: upstream's `resourceclaim`
/// package. Immutable.
///
/// @param name by which containers refer to it
/// @param claim the name of the ResourceClaim; empty while none was made, or where none is needed
/// @param template of which it is made; empty for a claim that somebody else has made
/// @param needed false where it has turned out that there is to be none
public record PodClaim(String name, String claim, String template, boolean needed) {
    private static final String CLAIM = "resourceClaimName";
    private static final String EXTENDED = "extendedResourceClaimStatus";
    /// In place of a template where the scheduler has made the claim itself; no template has such a name.
    private static final String BY_SCHEDULER = "<extended-resources>";

    /// Those of a pod, in its order. Costs nothing for a pod without.
    public static List<PodClaim> of(Obj pod) {
        Seq claims = pod.spec().seq("resourceClaims");
        if (claims.isEmpty()) {
            return List.of();
        }
        Seq made = pod.status().seq("resourceClaimStatuses");
        List<PodClaim> all = new ArrayList<>(claims.size());
        for (Struct claim : claims.structs()) {
            String name = claim.text("name");
            if (claim.has(CLAIM)) {
                all.add(new PodClaim(name, claim.text(CLAIM), "", true));
                continue;
            }
            Struct told = made.find("name", name);
            all.add(new PodClaim(name, told.text(CLAIM), claim.text("resourceClaimTemplateName"),
                    told.isEmpty() || told.has(CLAIM)));
        }
        return all;
    }

    /// The claim that the scheduler has made for extended resources which DeviceClasses stand for
    /// (`status.extendedResourceClaimStatus`); empty for a pod without. No container refers to it by a name:
    /// [#extendedRequests] tells what each has of it.
    public static Optional<PodClaim> extended(Obj pod) {
        String claim = pod.status().struct(EXTENDED).text(CLAIM);
        return claim.isEmpty() ? Optional.empty()
                : Optional.of(new PodClaim(BY_SCHEDULER, claim, BY_SCHEDULER, true));
    }

    /// Those of a pod with the one of its extended resources. Costs nothing for a pod without.
    public static List<PodClaim> all(Obj pod) {
        List<PodClaim> own = of(pod);
        Optional<PodClaim> extended = extended(pod);
        if (extended.isEmpty()) {
            return own;
        }
        List<PodClaim> all = new ArrayList<>(own);
        all.add(extended.get());
        return all;
    }

    /// The requests of the claim of extended resources that are a container's, each once.
    ///
    /// @param container its name, of an init container, too
    public static List<String> extendedRequests(Obj pod, String container) {
        return pod.status().struct(EXTENDED).seq("requestMappings").structs().stream()
                .filter(m -> m.text("containerName").equals(container)).map(m -> m.text("requestName")).distinct()
                .toList();
    }

    /// The extended resources of which a pod has devices by that claim, so that its node need not offer them.
    public static Set<String> extendedResources(Obj pod) {
        return pod.status().struct(EXTENDED).seq("requestMappings").structs().stream()
                .map(m -> m.text("resourceName")).filter(n -> n.indexOf('/') > 0)
                .collect(Collectors.toUnmodifiableSet());
    }

    /// Whether it is made for the pod, and goes with it.
    public boolean generated() {
        return !template.isEmpty();
    }

    /// Whether it is still to be made.
    public boolean waits() {
        return needed && claim.isEmpty();
    }

    /// Whether a claim of the right name is the pod's: one that was made for another pod is not.
    public boolean mayBe(Obj found, Obj pod) {
        return !generated() || found.controller().filter(o -> o.text("uid").equals(pod.uid())).isPresent();
    }

    /// Whether a claim is reserved for a pod.
    public static boolean reserved(Obj claim, String uid) {
        return claim.status().seq("reservedFor").structs().stream().anyMatch(r -> r.text("uid").equals(uid));
    }
}
