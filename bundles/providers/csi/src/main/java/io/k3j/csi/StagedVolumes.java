package io.k3j.csi;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Which volumes are staged. A directory of one bears its driver's name and the hash of its handle: where its record
/// cannot be read, whoever names a handle with that hash tells which it is, as a pod's record or, of a volume that is
/// attached, the node's status. Any thread; blocks for the disk, and for the API where a record cannot be read.
///
/// @param api as the node
/// @param node its name
record StagedVolumes(ApiClient api, String node, VolumeUses uses) {
    /// Which volume is staged in a directory.
    /// @return empty when nobody knows
    /// @throws IOException when that cannot be found out now
    Optional<VolumeData> in(Path directory) throws IOException {
        try {
            return Optional.of(VolumeData.read(directory));
        } catch (IOException e) {
            return found(directory);
        }
    }

    private Optional<VolumeData> found(Path directory) throws IOException {
        String driver = VolumeUses.name(Objects.requireNonNull(directory.getParent()));
        String hash = VolumeUses.name(directory);
        Stream<String> pods = uses.all().stream().flatMap(u -> u.data().stream()).filter(d -> d.driver().equals(driver))
                .map(VolumeData::handle);
        return Stream.concat(pods, attached(driver)).filter(handle -> CsiPaths.sha256(handle).equals(hash)).findFirst()
                .map(handle -> VolumeData.staged(driver, handle));
    }

    /// The handles of a driver's volumes in the status of the Node.
    private Stream<String> attached(String driver) throws IOException {
        String prefix = CsiVolume.uniqueName(driver, "");
        Struct status;
        try {
            status = api.get(ReferencedObjects.NODES, Key.of(node)).status();
        } catch (ApiFault e) {
            throw new IOException("cannot read Node " + node + ": " + e.getMessage(), e);
        }
        return Stream.concat(status.seq("volumesAttached").structs().stream().map(v -> v.text("name")),
                status.seq("volumesInUse").texts().stream()).filter(n -> n.startsWith(prefix))
                .map(n -> n.substring(prefix.length()));
    }
}
