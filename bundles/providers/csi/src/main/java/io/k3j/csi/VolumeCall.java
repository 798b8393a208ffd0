package io.k3j.csi;

import java.util.List;
import java.util.Map;

/// What a driver is told to make a volume ready: a `NodeStageVolumeRequest` or `NodePublishVolumeRequest`. Holds
/// secrets.
///
/// @param id the volume's handle
/// @param publishContext of the attachment
/// @param staging where it is staged; empty for a driver that does not stage
/// @param target where it is to be published, empty when it is staged
record VolumeCall(String id, Map<String, String> publishContext, String staging, String target,
        Capability capability, boolean readOnly, Map<String, String> secrets, Map<String, String> context) {
    /// How it is to be used.
    ///
    /// @param block as a device; then the three fields after it say nothing
    /// @param fsType of its file system, empty for the driver's choice
    /// @param group that a driver is to give the files to which does so itself, else empty
    /// @param mode a number of CSI's `AccessMode.Mode`
    record Capability(boolean block, String fsType, List<String> mountFlags, String group, int mode) {
    }

    /// Without its secrets.
    @Override
    public String toString() {
        return "VolumeCall[id=" + id + ", staging=" + staging + ", target=" + target + "]";
    }
}
