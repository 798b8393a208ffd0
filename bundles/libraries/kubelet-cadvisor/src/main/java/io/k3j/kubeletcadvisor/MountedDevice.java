package io.k3j.kubeletcadvisor;

import io.k3j.kubeletvolumes.DiskUsage;
import java.util.List;

/// A file system of the node. A value.
///
/// @param device where it lies, as `/dev/sda1`; of one in memory the directory
/// @param number of the device, as `8:1`
/// @param size of the file system
/// @param counters of the device, as [BlockDevices#counters] has them
record MountedDevice(String device, String number, DiskUsage.FileSystem size, List<Long> counters) {
}
