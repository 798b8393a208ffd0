package io.k3j.nodewrites;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks a mirror pod that a kubelet creates: it mirrors a static pod, its node owns it, and it refers to no other
/// object, so that creating it grants the node no access. Pure.
public final class MirrorPods {
    /// The annotation that makes a pod a mirror.
    public static final String ANNOTATION = "kubernetes.io/config.mirror";
    /// Fields of volumes and containers that refer to other objects, and the name of those objects in messages.
    private static final Map<String, String> REFERENCES = Map.ofEntries(Map.entry("secret", "secrets"),
            Map.entry("secretRef", "secrets"), Map.entry("secretKeyRef", "secrets"),
            Map.entry("secretName", "secrets"), Map.entry("nodePublishSecretRef", "secrets"),
            Map.entry("configMap", "configmaps"), Map.entry("configMapRef", "configmaps"),
            Map.entry("configMapKeyRef", "configmaps"), Map.entry("csi", "csidrivers (via CSI volumes)"),
            Map.entry("glusterfs", "endpoints (via glusterFS volumes)"),
            Map.entry("persistentVolumeClaim", "persistentvolumeclaims"),
            Map.entry("ephemeral", "persistentvolumeclaims (via ephemeral volumes)"),
            Map.entry("serviceAccountToken", "serviceaccounts (via projected volumes)"),
            Map.entry("clusterTrustBundle", "clustertrustbundles"), Map.entry("podCertificate", "podcertificates"));
    /// Told before all others, as upstream looks for them.
    private static final List<String> FIRST = List.of("serviceaccounts", "secrets", "configmaps", "resourceclaims");
    /// Maps whose keys users choose: a key that is equal to a reference field is no reference.
    private static final Set<String> USER_KEYED = Set.of("options", "volumeAttributes");
    private static final List<String> PLACES = List.of("volumes", "containers", "initContainers",
            "ephemeralContainers");

    private MirrorPods() {
    }

    /// Why a node may not create this pod; empty when it may.
    /// @param itself the Node object, whose UID the owner reference must carry
    static Optional<String> problem(Struct pod, String node, Optional<Obj> itself) {
        String name = "node \"" + node + "\" ";
        if (!pod.struct("metadata").struct("annotations").has(ANNOTATION)) {
            return Optional.of("pod does not have \"" + ANNOTATION + "\" annotation, " + name
                    + "can only create mirror pods");
        }
        if (!pod.struct("spec").text("nodeName").equals(node)) {
            return Optional.of(name + "can only create pods with spec.nodeName set to itself");
        }
        Seq owners = pod.struct("metadata").seq("ownerReferences");
        return owners(owners, node).map(why -> name + why)
                .or(() -> owner(owners.struct(0).text("uid"), node, itself.map(Obj::uid).orElse("")))
                .or(() -> references(pod.struct("spec")).map(what -> name + "can not create pods that reference "
                        + what));
    }

    private static Optional<String> owners(Seq owners, String node) {
        if (owners.size() > 1) {
            return Optional.of("can only create pods with a single owner reference set to itself");
        }
        Struct owner = owners.isEmpty() ? Struct.EMPTY : owners.struct(0);
        if (!owner.text("apiVersion").equals("v1") || !owner.text("kind").equals("Node")
                || !owner.text("name").equals(node)) {
            return Optional.of("can only create pods with an owner reference set to itself");
        }
        if (!owner.flag("controller")) {
            return Optional.of("can only create pods with a controller owner reference set to itself");
        }
        return owner.flag("blockOwnerDeletion")
                ? Optional.of("must not set blockOwnerDeletion on an owner reference") : Optional.empty();
    }

    private static Optional<String> owner(String named, String node, String uid) {
        return !uid.isEmpty() && uid.equals(named) ? Optional.empty()
                : Optional.of("node " + node + " UID mismatch: expected " + named + " got " + uid);
    }

    private static Optional<String> references(Struct spec) {
        Set<String> found = new LinkedHashSet<>();
        if (!spec.text("serviceAccountName").isEmpty() || !spec.text("serviceAccount").isEmpty()) {
            found.add("serviceaccounts");
        }
        if (!spec.seq("imagePullSecrets").isEmpty()) {
            found.add("secrets");
        }
        if (!spec.seq("resourceClaims").isEmpty()) {
            found.add("resourceclaims");
        }
        PLACES.forEach(place -> referred(spec.seq(place), found));
        return FIRST.stream().filter(found::contains).findFirst().or(() -> found.stream().findFirst());
    }

    private static void referred(@Nullable Object value, Set<String> found) {
        if (value instanceof Seq all) {
            all.forEach(one -> referred(one, found));
        } else if (value instanceof Struct s) {
            for (String field : s.names()) {
                String what = USER_KEYED.contains(field) ? null : REFERENCES.get(field);
                if (what != null) {
                    found.add(what);
                }
                if (!USER_KEYED.contains(field)) {
                    referred(s.get(field), found);
                }
            }
        }
    }
}
