package io.k3j.resourcesbuiltin;

import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Objects;

/// Where the data of a PersistentVolume is: in one source, which stays. Pure.
final class VolumeSources {
    private static final String CSI = "csi";
    private static final String FLEX = "flexVolume";
    private static final String LOCAL = "local";
    private static final String EXPAND_SECRET = "controllerExpandSecretRef";
    /// In upstream's order: the first one counts, those behind it are too many.
    private static final List<String> ALL = List.of("hostPath", "gcePersistentDisk", "awsElasticBlockStore",
            "glusterfs", "flocker", "nfs", "rbd", "quobyte", "cephfs", "iscsi", "cinder", "fc", FLEX, "azureFile",
            "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk", "scaleIO", LOCAL, "storageos", CSI);

    private VolumeSources() {
    }

    /// Checks that there is one source, and that a disk of a node says of which.
    ///
    /// @param p the spec
    static void check(Struct spec, Problems p) {
        List<String> found = ALL.stream().filter(spec::has).toList();
        if (found.isEmpty()) {
            p.required("must specify a volume type");
            return;
        }
        // upstream lets one of these stand behind others
        found.stream().skip(1).filter(source -> !source.equals(FLEX))
                .forEach(source -> p.at(source).forbidden("may not specify more than 1 volume type"));
        if (found.getFirst().equals(LOCAL) && !spec.has("nodeAffinity")) {
            p.at("nodeAffinity").required("Local volume requires node affinity");
        }
    }

    /// Whether a spec has the source it had. The Secret of a driver's expansion may come later.
    static boolean same(Struct old, Struct spec) {
        Struct was = old.struct(CSI);
        Struct now = was.isEmpty() || was.has(EXPAND_SECRET) ? spec
                : spec.with(CSI, spec.struct(CSI).without(EXPAND_SECRET));
        return ALL.stream().allMatch(source -> Objects.equals(old.get(source), now.get(source)));
    }
}
