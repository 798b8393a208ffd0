package io.k3j.schedulercache;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/// The names of the claims of a pod. Pure.
final class PodClaims {
    private static final String EPHEMERAL = "ephemeral";

    private PodClaims() {
    }

    /// In the order of its volumes, each once however often it is mounted.
    static Set<String> of(Obj pod) {
        Set<String> all = new LinkedHashSet<>();
        for (Struct volume : pod.spec().seq("volumes").structs()) {
            all.add(volume.has(EPHEMERAL) ? own(pod, volume)
                    : volume.struct("persistentVolumeClaim").text("claimName"));
        }
        all.remove("");
        return all;
    }

    /// Those that are made for the pod, and go with it.
    static Set<String> madeFor(Obj pod) {
        Set<String> all = new HashSet<>();
        pod.spec().seq("volumes").structs().stream().filter(v -> v.has(EPHEMERAL)).forEach(v -> all.add(own(pod, v)));
        return all;
    }

    private static String own(Obj pod, Struct volume) {
        return pod.name() + "-" + volume.text("name");
    }
}
