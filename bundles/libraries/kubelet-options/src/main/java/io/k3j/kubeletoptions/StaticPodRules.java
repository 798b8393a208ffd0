package io.k3j.kubeletoptions;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a file has to be for its pod to run as a static one: a pod with a name that needs nothing of the API, since a
/// node that brings it along is given nothing for it. Upstream's `tryDecodeSinglePod` and `HasAPIObjectReference`.
/// Pure.
final class StaticPodRules {
    /// Fields of volumes and containers that name Secrets and ConfigMaps.
    private static final Set<String> SECRETS = Set.of("secret", "secretRef", "secretKeyRef", "secretName",
            "nodePublishSecretRef");
    private static final Set<String> CONFIG_MAPS = Set.of("configMap", "configMapRef", "configMapKeyRef");
    /// Kinds of volumes that need the API, and how upstream names what they need.
    private static final Map<String, String> VOLUMES = Map.of("csi", "csidrivers (via CSI volumes)", "glusterfs",
            "endpoints (via glusterFS volumes)", "persistentVolumeClaim", "persistentvolumeclaims", "ephemeral",
            "persistentvolumeclaims (via ephemeral volumes)");
    private static final Map<String, String> SOURCES = Map.of("serviceAccountToken",
            "serviceaccounts (via projected volumes)", "clusterTrustBundle", "clustertrustbundles", "podCertificate",
            "podcertificates");
    private static final List<String> CONTAINERS = List.of("containers", "initContainers", "ephemeralContainers");
    /// Whose keys users choose: one that is called as a field of the API is none.
    private static final Set<String> USER_KEYED = Set.of("options", "volumeAttributes", "items");

    private StaticPodRules() {
    }

    /// Why it is no static pod, in upstream's words; empty when it is one. A file that says no kind is taken for a pod.
    static Optional<String> problem(Obj file) {
        String kind = file.tree().text("kind", "Pod");
        String version = file.tree().text("apiVersion", "v1");
        if (!kind.equals("Pod") || !version.equals("v1")) {
            return Optional.of("couldn't parse as pod(invalid pod: " + version + ", Kind=" + kind
                    + "), please check config file");
        }
        if (file.name().isEmpty()) {
            return Optional.of("invalid pod: name is needed for the pod");
        }
        return reference(file.spec()).map(what -> "static pods may not reference " + what);
    }

    private static Optional<String> reference(Struct spec) {
        if (!spec.text("serviceAccountName", spec.text("serviceAccount")).isEmpty()) {
            return Optional.of("serviceaccounts");
        }
        if (!spec.seq("imagePullSecrets").isEmpty() || anywhere(spec, SECRETS)) {
            return Optional.of("secrets");
        }
        if (anywhere(spec, CONFIG_MAPS)) {
            return Optional.of("configmaps");
        }
        return !spec.seq("resourceClaims").isEmpty() ? Optional.of("resourceclaims")
                : spec.seq("volumes").structs().stream().flatMap(v -> volume(v).stream()).findFirst();
    }

    private static Optional<String> volume(Struct volume) {
        return needed(volume, VOLUMES).or(() -> volume.struct("projected").seq("sources").structs().stream()
                .flatMap(source -> needed(source, SOURCES).stream()).findFirst());
    }

    private static Optional<String> needed(Struct given, Map<String, String> kinds) {
        return kinds.entrySet().stream().filter(e -> given.has(e.getKey())).map(Map.Entry::getValue).findFirst();
    }

    private static boolean anywhere(Struct spec, Set<String> fields) {
        return has(spec.seq("volumes"), fields)
                || CONTAINERS.stream().flatMap(list -> spec.seq(list).structs().stream())
                        .anyMatch(c -> has(c.seq("env"), fields) || has(c.seq("envFrom"), fields));
    }

    private static boolean has(@Nullable Object value, Set<String> fields) {
        if (value instanceof Seq all) {
            return all.stream().anyMatch(one -> has(one, fields));
        }
        return value instanceof Struct s && s.names().stream()
                .anyMatch(name -> fields.contains(name) || !USER_KEYED.contains(name) && has(s.get(name), fields));
    }
}
