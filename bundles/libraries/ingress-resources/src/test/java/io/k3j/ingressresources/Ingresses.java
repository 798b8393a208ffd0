package io.k3j.ingressresources;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// Ingresses for tests.
final class Ingresses {
    private Ingresses() {
    }

    /// One of class `traefik`.
    ///
    /// @param key `namespace/name`; its uid is the same
    /// @param second of its creation
    static Obj ingress(String key, int second, Struct spec) {
        String[] words = key.split("/");
        return Obj.of(Struct.of("apiVersion", "networking.k8s.io/v1", "kind", "Ingress", "metadata",
                Struct.of("namespace", words[0], "name", words[1], "uid", key, "creationTimestamp",
                        "2026-01-01T00:00:%02dZ".formatted(second)),
                "spec", spec));
    }

    /// A spec with one rule, for all paths of a host.
    static Struct spec(String host, String service) {
        Struct backend = Struct.of("service", Struct.of("name", service, "port", Struct.of("number", 80)));
        Struct path = Struct.of("path", "/", "pathType", "Prefix", "backend", backend);
        return Struct.of("ingressClassName", "traefik", "rules",
                Seq.of(Struct.of("host", host, "http", Struct.of("paths", Seq.of(path)))));
    }
}
