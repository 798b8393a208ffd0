package io.k3j.admissionkit;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.security.SecureRandom;

/// The projected volume `kube-api-access-…` with the token, the cluster CA and the namespace. Pure except for the
/// random suffix of its name.
public final class TokenVolume {
    private static final String PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static final String PREFIX = "kube-api-access-";
    private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";
    private static final int RANDOM = 5;
    private static final long SECONDS = 3607;
    private static final long MODE = 0644;

    private TokenVolume() {
    }

    /// Returns the pod spec with the volume mounted in every container that mounts nothing at that path.
    public static Struct mounted(Struct spec) {
        String name = name(spec);
        Struct mount = Struct.of("name", name, "readOnly", true, "mountPath", PATH);
        Struct s = spec;
        boolean used = false;
        for (String list : new String[] {"initContainers", "containers"}) {
            Seq containers = s.seq(list).mapped(c -> c.seq("volumeMounts").find("mountPath", PATH).isEmpty()
                    ? c.with("volumeMounts", c.seq("volumeMounts").plus(mount)) : c);
            used |= containers != s.seq(list);
            s = containers.isEmpty() ? s : s.with(list, containers);
        }
        boolean present = !spec.seq("volumes").find("name", name).isEmpty();
        return used && !present ? s.with("volumes", s.seq("volumes").plus(volume(name))) : s;
    }

    private static String name(Struct spec) {
        for (Struct v : spec.seq("volumes").structs()) {
            if (v.text("name").startsWith(PREFIX)) {
                return v.text("name");
            }
        }
        StringBuilder b = new StringBuilder(PREFIX);
        SecureRandom random = new SecureRandom();
        for (int i = 0; i < RANDOM; i++) {
            b.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return b.toString();
    }

    private static Struct volume(String name) {
        Struct token = Struct.of("serviceAccountToken", Struct.of("expirationSeconds", SECONDS, "path", "token"));
        Struct authority = Struct.of("configMap", Struct.of("name", "kube-root-ca.crt", "items",
                Seq.of(Struct.of("key", "ca.crt", "path", "ca.crt"))));
        Struct namespace = Struct.of("downwardAPI", Struct.of("items", Seq.of(Struct.of("path", "namespace", "fieldRef",
                Struct.of("apiVersion", "v1", "fieldPath", "metadata.namespace")))));
        return Struct.of("name", name, "projected",
                Struct.of("sources", Seq.of(token, authority, namespace), "defaultMode", MODE));
    }
}
