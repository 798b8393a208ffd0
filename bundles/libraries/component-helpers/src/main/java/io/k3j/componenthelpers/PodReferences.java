package io.k3j.componenthelpers;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The objects a pod refers to in its namespace, as `secrets/name`, `configmaps/name`,
/// `persistentvolumeclaims/name`, `serviceaccounts/name`, `resourceclaims/name`. Pure.
public final class PodReferences {
    private static final List<String> SECRET_VOLUMES = List.of("cephfs", "flexVolume", "iscsi", "rbd", "scaleIO",
            "storageos");
    private final Set<String> found = new HashSet<>();

    private PodReferences() {
    }

    /// All references of a pod. Those of a mirror pod do not count: kubelets create mirror pods and could grant
    /// themselves access.
    public static Set<String> of(Obj pod) {
        if (pod.annotations().containsKey("kubernetes.io/config.mirror")) {
            return Set.of();
        }
        PodReferences r = new PodReferences();
        Struct spec = pod.spec();
        r.add("serviceaccounts", spec.text("serviceAccountName"));
        spec.seq("imagePullSecrets").structs().forEach(s -> r.add("secrets", s.text("name")));
        for (String list : List.of("containers", "initContainers", "ephemeralContainers")) {
            spec.seq(list).structs().forEach(r::container);
        }
        for (Struct volume : spec.seq("volumes").structs()) {
            r.volume(volume, pod.name());
        }
        r.claims(spec.seq("resourceClaims"));
        r.claims(pod.status().seq("resourceClaimStatuses"));
        PodClaim.extended(pod).ifPresent(c -> r.add("resourceclaims", c.claim()));
        return Set.copyOf(r.found);
    }

    private void add(String resource, String name) {
        if (!name.isEmpty()) {
            found.add(resource + "/" + name);
        }
    }

    private void claims(Seq claims) {
        claims.structs().forEach(c -> add("resourceclaims", c.text("resourceClaimName")));
    }

    private void container(Struct container) {
        for (Struct env : container.seq("env").structs()) {
            Struct from = env.struct("valueFrom");
            add("secrets", from.struct("secretKeyRef").text("name"));
            add("configmaps", from.struct("configMapKeyRef").text("name"));
        }
        for (Struct from : container.seq("envFrom").structs()) {
            add("secrets", from.struct("secretRef").text("name"));
            add("configmaps", from.struct("configMapRef").text("name"));
        }
    }

    private void volume(Struct volume, String pod) {
        add("secrets", volume.struct("secret").text("secretName"));
        add("configmaps", volume.struct("configMap").text("name"));
        add("persistentvolumeclaims", volume.struct("persistentVolumeClaim").text("claimName"));
        if (volume.has("ephemeral")) {
            add("persistentvolumeclaims", pod + "-" + volume.text("name"));
        }
        add("secrets", volume.struct("azureFile").text("secretName"));
        add("secrets", volume.struct("csi").struct("nodePublishSecretRef").text("name"));
        for (String kind : SECRET_VOLUMES) {
            add("secrets", volume.struct(kind).struct("secretRef").text("name"));
        }
        Seq sources = volume.struct("projected").seq("sources");
        for (Struct source : sources.structs()) {
            add("secrets", source.struct("secret").text("name"));
            add("configmaps", source.struct("configMap").text("name"));
        }
    }
}
