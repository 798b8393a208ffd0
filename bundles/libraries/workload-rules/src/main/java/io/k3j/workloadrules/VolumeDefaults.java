package io.k3j.workloadrules;

import io.k3j.kindrules.Fill;
import io.k3j.model.Struct;
import java.util.List;

/// Defaults of pod volumes, and of what they have in common with PersistentVolumes. Pure.
public final class VolumeDefaults {
    private static final long MODE = 0644;
    private static final long TOKEN_SECONDS = 3600;
    private static final long CERTIFICATE_SECONDS = 24 * 3600;

    private VolumeDefaults() {
    }

    static Struct volume(Struct volume) {
        Struct v = volume.size() == (volume.has("name") ? 1 : 0) ? volume.with("emptyDir", Struct.EMPTY) : volume;
        for (String kind : List.of("secret", "configMap", "projected", "downwardAPI")) {
            v = Fill.inside(v, kind, s -> Fill.in(s, "defaultMode", MODE));
        }
        v = Fill.inside(v, "downwardAPI", VolumeDefaults::downward);
        v = Fill.inside(v, "projected", p -> Fill.each(p, "sources", VolumeDefaults::source));
        v = sources(v);
        v = Fill.inside(v, "image", i -> Fill.in(i, "pullPolicy", PodDefaults.pullPolicy(i.text("reference"))));
        return Fill.inside(v, "ephemeral", e -> Fill.inside(e, "volumeClaimTemplate",
                t -> Fill.inside(t, "spec", s -> Fill.in(s, "volumeMode", "Filesystem"))));
    }

    /// A volume of a pod, or the spec of a PersistentVolume, with the defaults of the sources that both may have.
    public static Struct sources(Struct of) {
        Struct v = Fill.inside(of, "hostPath", h -> h.has("type") ? h : h.with("type", ""));
        v = Fill.inside(v, "iscsi", i -> Fill.in(i, "iscsiInterface", "default"));
        v = Fill.inside(v, "rbd", r -> Fill.in(Fill.in(r, "pool", "rbd", "user", "admin"), "keyring",
                "/etc/ceph/keyring"));
        v = Fill.inside(v, "azureDisk", a -> Fill.in(Fill.in(a, "cachingMode", "ReadWrite", "fsType", "ext4"), "kind",
                "Shared", "readOnly", false));
        return Fill.inside(v, "scaleIO", s -> Fill.in(s, "storageMode", "ThinProvisioned", "fsType", "xfs"));
    }

    private static Struct source(Struct source) {
        Struct s = Fill.inside(source, "serviceAccountToken", t -> Fill.in(t, "expirationSeconds", TOKEN_SECONDS));
        s = Fill.inside(s, "podCertificate", c -> Fill.in(c, "maxExpirationSeconds", CERTIFICATE_SECONDS));
        return Fill.inside(s, "downwardAPI", VolumeDefaults::downward);
    }

    private static Struct downward(Struct downward) {
        return Fill.each(downward, "items", i -> Fill.inside(i, "fieldRef", f -> Fill.in(f, "apiVersion", "v1")));
    }
}
