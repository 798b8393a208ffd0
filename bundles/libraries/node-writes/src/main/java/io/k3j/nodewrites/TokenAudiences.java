package io.k3j.nodewrites;

import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Set;
import java.util.TreeSet;

/// The audiences that tokens for a pod may have.
final class TokenAudiences {
    private static final Gvr CLAIMS = new Gvr("", "v1", "persistentvolumeclaims");
    private static final Gvr VOLUMES = new Gvr("", "v1", "persistentvolumes");
    private static final Gvr DRIVERS = new Gvr("storage.k8s.io", "v1", "csidrivers");

    private TokenAudiences() {
    }

    /// Those of its projected volumes and those that the CSI drivers of its volumes request. The empty text is the API
    /// server's own audience.
    static Set<String> of(Obj pod, NodeWrites.Lookup world) {
        Set<String> all = new TreeSet<>();
        for (Struct volume : pod.spec().seq("volumes").structs()) {
            for (Struct source : volume.struct("projected").seq("sources").structs()) {
                if (source.has("serviceAccountToken")) {
                    all.add(source.struct("serviceAccountToken").text("audience"));
                }
            }
            world.find(DRIVERS, "", driver(pod, volume, world))
                    .ifPresent(d -> d.spec().seq("tokenRequests").structs().forEach(r -> all.add(r.text("audience"))));
        }
        return all;
    }

    private static String driver(Obj pod, Struct volume, NodeWrites.Lookup world) {
        if (volume.has("csi")) {
            return volume.struct("csi").text("driver");
        }
        String claim = volume.has("ephemeral") ? pod.name() + "-" + volume.text("name")
                : volume.struct("persistentVolumeClaim").text("claimName");
        return claim.isEmpty() ? "" : world.find(CLAIMS, pod.namespace(), claim)
                .flatMap(c -> world.find(VOLUMES, "", c.spec().text("volumeName")))
                .map(v -> v.spec().struct("csi").text("driver")).orElse("");
    }
}
