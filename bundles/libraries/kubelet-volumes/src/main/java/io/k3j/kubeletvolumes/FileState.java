package io.k3j.kubeletvolumes;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What [FileCalls#look] told last of an entry: `struct statx`, which is the same on every processor; see statx(2). One
/// thread; valid as long as its arena.
final class FileState {
    private static final long STRUCT_BYTES = 256;
    private static final long LINKS = 16;
    private static final long MODE = 28;
    private static final long INODE = 32;
    private static final long BLOCKS = 48;
    /// Major and minor number, four bytes each.
    private static final long DEVICE = 136;
    private static final int BLOCK_BYTES = 512;
    private static final int TYPE_MASK = 0170000;
    private static final int DIRECTORY = 0040000;
    private final MemorySegment told;

    FileState(Arena arena) {
        told = arena.allocate(STRUCT_BYTES, Long.BYTES);
    }

    /// Where the kernel writes.
    MemorySegment told() {
        return told;
    }

    boolean isDirectory() {
        return (told.get(ValueLayout.JAVA_SHORT, MODE) & TYPE_MASK) == DIRECTORY;
    }

    /// Whether it has other names too.
    boolean shared() {
        return told.get(ValueLayout.JAVA_INT, LINKS) > 1;
    }

    long inode() {
        return told.get(ValueLayout.JAVA_LONG, INODE);
    }

    /// On the disk.
    long bytes() {
        return told.get(ValueLayout.JAVA_LONG, BLOCKS) * BLOCK_BYTES;
    }

    /// The file system it is on.
    long device() {
        return told.get(ValueLayout.JAVA_LONG, DEVICE);
    }
}
