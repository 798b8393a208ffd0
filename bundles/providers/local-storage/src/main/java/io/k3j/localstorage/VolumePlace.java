package io.k3j.localstorage;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;

/// Where a volume of this provisioner lies. Only what this provisioner could have made is believed: whoever may write
/// volumes must not have other directories of a node deleted. Pure.
///
/// @param node empty for a path that all nodes share
/// @param parent one of the paths of the configuration
/// @param name of the directory in it, with `/` between its parts where a pattern made it
record VolumePlace(String node, String parent, String name) {
    /// @param storageClass its class; empty when there is none any more
    /// @throws IllegalArgumentException for a volume that this provisioner does not make
    static VolumePlace of(Obj volume, Optional<Obj> storageClass, LocalPathConfig config) {
        Struct spec = volume.spec();
        String path = spec.has("local") ? spec.struct("local").text("path") : spec.struct("hostPath").text("path");
        if (path.lastIndexOf('/') <= 0) {
            throw new IllegalArgumentException("no path set");
        }
        LocalPathConfig.Places places = config.of(spec.text("storageClassName"));
        String node = places.shared().isEmpty() ? node(volume) : "";
        List<String> above = places.paths(node).stream().filter(p -> path.startsWith(p + "/")).toList();
        if (above.isEmpty()) {
            throw new IllegalArgumentException("local-path-config has no path any more that " + path
                    + " lies in; add it there, or delete " + path + " yourself, then the volume");
        }
        boolean unsafe = storageClass.isPresent() && PathPattern.unsafe(storageClass.get());
        for (String parent : above) {
            String name = path.substring(parent.length() + 1);
            if (made(volume, name, unsafe)) {
                return new VolumePlace(node, parent, name);
            }
        }
        throw new IllegalArgumentException("its directory " + path + " is not named after volume and claim; delete it"
                + " yourself, then the volume");
    }

    /// A namespace has no underscore in its name, so that no claim's directory by a pattern is a volume without one.
    private static boolean made(Obj volume, String name, boolean unsafe) {
        Struct claim = volume.spec().struct("claimRef");
        String own = claim.text("namespace") + "/" + claim.text("name");
        return name.equals(VolumePlan.directory(volume.name(), claim.text("namespace"), claim.text("name")))
                || PathPattern.plain(name) && (unsafe || name.equals(own) || name.startsWith(own + "/"));
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
