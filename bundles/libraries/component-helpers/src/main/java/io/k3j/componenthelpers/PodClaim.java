package io.k3j.componenthelpers;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// One entry of a pod's `spec.resourceClaims`, with the ResourceClaim that it stands for: upstream's `resourceclaim`
/// package. Immutable.
///
/// @param name by which containers refer to it
/// @param claim the name of the ResourceClaim; empty while none was made, or where none is needed
/// @param template of which it is made; empty for a claim that somebody else has made
/// @param needed false where it has turned out that there is to be none
public record PodClaim(String name, String claim, String template, boolean needed) {
    private static final String CLAIM = "resourceClaimName";

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
