package io.k3j.kubeleteviction;

import java.util.Arrays;
import java.util.Optional;

/// What of the node may run short: upstream's eviction signals.
enum EvictionSignal {
    MEMORY("memory.available", "memory", "MemoryPressure"), NODE_FS("nodefs.available", "ephemeral-storage",
            "DiskPressure"), NODE_FS_INODES("nodefs.inodesFree", "inodes", "DiskPressure"), IMAGE_FS(
                    "imagefs.available", "ephemeral-storage",
                    "DiskPressure"), IMAGE_FS_INODES("imagefs.inodesFree", "inodes", "DiskPressure"), CONTAINER_FS(
                            "containerfs.available", "ephemeral-storage",
                            "DiskPressure"), CONTAINER_FS_INODES("containerfs.inodesFree", "inodes",
                                    "DiskPressure"), PIDS("pid.available", "pids", "PIDPressure"), ALLOCATABLE_MEMORY(
                                            "allocatableMemory.available", "memory", "MemoryPressure");

    private final String text;
    private final String resource;
    private final String condition;

    EvictionSignal(String text, String resource, String condition) {
        this.text = text;
        this.resource = resource;
        this.condition = condition;
    }

    /// As it is written in arguments.
    String text() {
        return text;
    }

    /// The resource that is reclaimed.
    String resource() {
        return resource;
    }

    /// The condition of the Node.
    String condition() {
        return condition;
    }

    /// Whether it is of a file system.
    boolean disk() {
        return condition.equals("DiskPressure");
    }

    /// Whether it is of the containers' file system, which is that of images here: its thresholds are those.
    boolean ofContainers() {
        return this == CONTAINER_FS || this == CONTAINER_FS_INODES;
    }

    static Optional<EvictionSignal> of(String text) {
        return Arrays.stream(values()).filter(s -> s.text.equals(text)).findFirst();
    }
}
