package io.k3j.kubeletserver;

import io.k3j.controllerkit.Times;
import io.k3j.kubeletvolumes.DiskUsage;
import io.k3j.model.Struct;
import java.time.Instant;

/// The summary's `FsStats`: a file system, and what is used of it. Pure.
final class FsStats {
    private FsStats() {
    }

    /// @param at when it was counted
    /// @param all of the file system, whoever uses it
    /// @param used by what the figures are about
    static Struct of(Instant at, DiskUsage.FileSystem all, DiskUsage.Used used) {
        return Struct.of("time", Times.seconds(at), "availableBytes", all.availableBytes(), "capacityBytes",
                all.capacityBytes(), "usedBytes", used.bytes(), "inodesFree", all.inodesFree(), "inodes", all.inodes(),
                "inodesUsed", used.inodes());
    }

    /// Of which nothing is known but what is used.
    static Struct of(Instant at, DiskUsage.Used used) {
        return Struct.of("time", Times.seconds(at), "usedBytes", used.bytes(), "inodesUsed", used.inodes());
    }

    /// The file system itself, with all that is used of it.
    static Struct of(Instant at, DiskUsage.FileSystem all) {
        return of(at, all, new DiskUsage.Used(all.usedBytes(), all.inodesUsed()));
    }
}
