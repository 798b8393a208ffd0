package io.k3j.nodewrites;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
            Map.entry("configMapKeyRef", "configmaps"), Map.entry("persistentVolumeClaim", "persistentvolumeclaims"),
            Map.entry("ephemeral", "persistentvolumeclaims"),
            Map.entry("serviceAccountToken", "service account tokens"),
            Map.entry("clusterTrustBundle", "clustertrustbundles"),
            Map.entry("podCertificate", "pod certificates"));
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
        return owners(pod.struct("metadata").seq("ownerReferences"), node, itself).or(() -> references(
                pod.struct("spec"))).map(why -> name + why);
    }

    private static Optional<String> owners(Seq owners, String node, Optional<Obj> itself) {
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
        if (owner.flag("blockOwnerDeletion")) {
            return Optional.of("must not set blockOwnerDeletion on an owner reference");
        }
        String uid = itself.map(Obj::uid).orElse("");
        return !uid.isEmpty() && uid.equals(owner.text("uid")) ? Optional.empty()
                : Optional.of("UID mismatch: expected " + owner.text("uid") + " got " + uid);
    }

    private static Optional<String> references(Struct spec) {
        String found = "";
        if (!spec.text("serviceAccountName").isEmpty() || !spec.text("serviceAccount").isEmpty()) {
            found = "a service account";
        } else if (!spec.seq("resourceClaims").isEmpty()) {
            found = "resource claims";
        } else if (!spec.seq("imagePullSecrets").isEmpty()) {
            found = "secrets";
        }
        for (String place : PLACES) {
            found = found.isEmpty() ? referred(spec.seq(place)) : found;
        }
        return found.isEmpty() ? Optional.empty() : Optional.of("can not create pods that reference " + found);
    }

    private static String referred(Object value) {
        String found = "";
        if (value instanceof Seq all) {
            for (Object one : all) {
                found = found.isEmpty() ? referred(one) : found;
            }
        } else if (value instanceof Struct s) {
            for (String field : s.names()) {
                String here = USER_KEYED.contains(field) ? ""
                        : REFERENCES.getOrDefault(field, referred(within(s, field)));
                found = found.isEmpty() ? here : found;
            }
        }
        return found;
    }

    private static Object within(Struct s, String field) {
        Object value = s.get(field);
        return value == null ? Struct.EMPTY : value;
    }
}
