package io.k3j.volumeapi;

/// What a driver tells of a volume; 0 where it tells nothing.
///
/// @param availableBytes that may still be written
/// @param capacityBytes altogether
/// @param usedBytes of them
/// @param inodes that there can be
/// @param inodesFree that are left
/// @param inodesUsed of them
public record VolumeUsage(long availableBytes, long capacityBytes, long usedBytes, long inodes, long inodesFree,
        long inodesUsed) {
}
