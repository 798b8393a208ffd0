package io.k3j.localstorage;

import io.k3j.model.Obj;
import io.k3j.model.Struct;

/// Where a volume of this provisioner lies. Only what this provisioner could have made is believed: whoever may write
/// volumes must not have other directories of a node deleted. Pure.
///
/// @param node empty for a path that all nodes share
/// @param parent one of the paths of the configuration
/// @param name of the directory in it
record VolumePlace(String node, String parent, String name) {
    /// @throws IllegalArgumentException for a volume that this provisioner does not make
    static VolumePlace of(Obj volume, LocalPathConfig config) {
        Struct spec = volume.spec();
        String path = spec.has("local") ? spec.struct("local").text("path") : spec.struct("hostPath").text("path");
        int slash = path.lastIndexOf('/');
        if (slash <= 0) {
            throw new IllegalArgumentException("no path set");
        }
        String parent = path.substring(0, slash);
        String name = path.substring(slash + 1);
        Struct claim = spec.struct("claimRef");
        if (!name.equals(VolumePlan.directory(volume.name(), claim.text("namespace"), claim.text("name")))) {
            throw new IllegalArgumentException("its directory " + name + " is not named after volume and claim; delete "
                    + path + " yourself, then the volume");
        }
        LocalPathConfig.Places places = config.of(spec.text("storageClassName"));
        String node = places.shared().isEmpty() ? node(volume) : "";
        if (!places.paths(node).contains(parent)) {
            throw new IllegalArgumentException("local-path-config has no path " + parent
                    + " any more; add it there, or delete " + path + " yourself, then the volume");
        }
        return new VolumePlace(node, parent, name);
    }

    private static String node(Obj volume) {
        String annotated = volume.annotations().getOrDefault(VolumePlan.SELECTED_NODE, "");
        if (!annotated.isEmpty()) {
            return annotated;
        }
        String value = volume.spec().struct("nodeAffinity").struct("required").seq("nodeSelectorTerms").struct(0)
                .seq("matchExpressions").struct(0).seq("values").text(0);
        if (value.isEmpty()) {
            throw new IllegalArgumentException("cannot find affinited node");
        }
        return value;
    }
}
