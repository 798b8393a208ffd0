package io.k3j.resourcesbuiltin;

import io.k3j.corevalidation.SourceProblems;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Objects;
import java.util.Set;

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
    /// Those that are mounted with the options of an annotation.
    private static final Set<String> WITH_OPTIONS = Set.of("gcePersistentDisk", "awsElasticBlockStore", "glusterfs",
            "nfs", "rbd", "quobyte", "iscsi", "cinder", "cephfs", "azureFile", "vsphereVolume", "azureDisk",
            "photonPersistentDisk");

    private VolumeSources() {
    }

    /// Checks that there is one source, the source itself but for that of a CSI driver, and that a disk of a node says
    /// of which.
    ///
    /// @param name the volume's
    /// @param p the spec
    static void check(Struct spec, String name, Problems p) {
        List<String> found = ALL.stream().filter(spec::has).toList();
        if (found.isEmpty()) {
            p.required("must specify a volume type");
            return;
        }
        String first = found.getFirst();
        if (!first.equals(CSI)) {
            SourceProblems.persistentVolume(first, spec.struct(first), name, p);
        }
        for (String source : found.subList(1, found.size())) {
            if (source.equals(FLEX)) {
                // upstream lets this one stand behind others
                SourceProblems.persistentVolume(FLEX, spec.struct(FLEX), name, p);
            } else {
                p.at(source.equals("cephfs") ? "cephFS" : source).forbidden("may not specify more than 1 volume type");
            }
        }
        if (first.equals(LOCAL) && !spec.has("nodeAffinity")) {
            p.at("nodeAffinity").required("Local volume requires node affinity");
        }
    }

    /// Whether a volume may have mount options in its annotation.
    static boolean takesOptions(Struct spec) {
        return WITH_OPTIONS.stream().anyMatch(spec::has);
    }

    /// Whether a spec has the source it had. The Secret of a driver's expansion may come later.
    static boolean same(Struct old, Struct spec) {
        Struct was = old.struct(CSI);
        Struct now = was.isEmpty() || was.has(EXPAND_SECRET) ? spec
                : spec.with(CSI, spec.struct(CSI).without(EXPAND_SECRET));
        return ALL.stream().allMatch(source -> Objects.equals(old.get(source), now.get(source)));
    }
}
