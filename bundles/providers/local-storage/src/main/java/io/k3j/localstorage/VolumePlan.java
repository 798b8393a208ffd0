package io.k3j.localstorage;

import io.k3j.controllerkit.Events;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The volume that a claim gets, in upstream's form. Pure.
///
/// @param parent the directory on the node
/// @param name of the volume's own directory in it, with `/` between its parts where a pattern made it
/// @param volume the PersistentVolume
record VolumePlan(String parent, String name, Struct volume) {
    /// The provisioner's name in storage classes.
    static final String PROVISIONER = "rancher.io/local-path";
    /// On volumes: who made them.
    static final String PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";
    /// On volumes: where.
    static final String SELECTED_NODE = "local.path.provisioner/selected-node";
    private static final String HOSTNAME = "kubernetes.io/hostname";
    private static final Set<String> MODES = Set.of("ReadWriteOnce", "ReadWriteOncePod");

    /// @param node the one the scheduler has chosen; empty where the class does not wait for that
    /// @throws IllegalArgumentException for a claim that cannot be served, in upstream's words where it has some
    static VolumePlan of(Obj claim, Obj storageClass, Optional<Obj> node, LocalPathConfig config) {
        LocalPathConfig.Places places = config.of(storageClass.name());
        boolean shared = !places.shared().isEmpty();
        check(claim, shared);
        if (!shared && node.isEmpty()) {
            throw new IllegalArgumentException("configuration error, no node was specified");
        }
        String name = "pvc-" + claim.uid();
        String directory = PathPattern.directory(name, claim, storageClass);
        String nodeName = node.map(Obj::name).orElse("");
        String parent = chosen(places.paths(nodeName), storageClass, claim, nodeName);
        String size = claim.spec().struct("resources").struct("requests").text("storage");
        Struct.Builder spec = Struct.builder().put("accessModes", claim.spec().seq("accessModes"))
                .put("capacity", Struct.of("storage", size))
                .put("claimRef", Events.reference(claim));
        source(spec, type(claim, storageClass), parent + "/" + directory);
        if (!shared) {
            node.ifPresent(chosen -> spec.put("nodeAffinity", affinity(storageClass, chosen)));
        }
        spec.put("persistentVolumeReclaimPolicy", storageClass.tree().text("reclaimPolicy", "Delete"))
                .put("storageClassName", storageClass.name())
                .putUnlessEmpty("mountOptions", storageClass.tree().seq("mountOptions"))
                .put("volumeMode", "Filesystem");
        Struct annotations = Struct.of(SELECTED_NODE, shared ? "" : nodeName, PROVISIONED_BY, PROVISIONER);
        return new VolumePlan(parent, directory, Struct.of("apiVersion", "v1", "kind", "PersistentVolume", "metadata",
                Struct.of("name", name, "annotations", annotations), "spec", spec.build()));
    }

    /// The name of a volume's directory where its class has no pattern.
    static String directory(String volume, String namespace, String claim) {
        return volume + "_" + namespace + "_" + claim;
    }

    private static void check(Obj claim, boolean shared) {
        if (claim.spec().text("volumeMode", "Filesystem").equals("Block")) {
            throw new IllegalArgumentException(PROVISIONER + " does not support block volume provisioning");
        }
        if (!shared && claim.spec().has("selector")) {
            throw new IllegalArgumentException("claim.Spec.Selector is not supported");
        }
        if (!shared && !MODES.containsAll(claim.spec().seq("accessModes").texts())) {
            throw new IllegalArgumentException(
                    "NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes");
        }
    }

    /// Always the same one for a claim, so that a second attempt finds what the first has made.
    private static String chosen(List<String> paths, Obj storageClass, Obj claim, String node) {
        String asked = storageClass.tree().struct("parameters").text("nodePath");
        if (asked.isEmpty()) {
            return paths.get(Math.floorMod(claim.uid().hashCode(), paths.size()));
        }
        if (!paths.contains(asked)) {
            throw new IllegalArgumentException("config doesn't contain path " + asked + " on node " + node);
        }
        return asked;
    }

    private static String type(Obj claim, Obj storageClass) {
        return claim.annotations().getOrDefault("volumeType",
                storageClass.annotations().getOrDefault("defaultVolumeType", "hostPath"));
    }

    private static void source(Struct.Builder spec, String type, String path) {
        switch (type.toLowerCase(Locale.ROOT)) {
            case "local" -> spec.put("local", Struct.of("path", path));
            case "hostpath" -> spec.put("hostPath", Struct.of("path", path, "type", "DirectoryOrCreate"));
            default -> throw new IllegalArgumentException("\"" + type + "\" is not a recognised volume type");
        }
    }

    private static Struct affinity(Obj storageClass, Obj node) {
        String key = storageClass.tree().struct("parameters").text("nodeAffinityKey", HOSTNAME);
        String value = node.labels().getOrDefault(key, node.name());
        Struct expression = Struct.of("key", key, "operator", "In", "values", Seq.of(value));
        return Struct.of("required",
                Struct.of("nodeSelectorTerms", Seq.of(Struct.of("matchExpressions", Seq.of(expression)))));
    }
}
