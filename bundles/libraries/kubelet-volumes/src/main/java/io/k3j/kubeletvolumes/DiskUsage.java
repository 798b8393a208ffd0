package io.k3j.kubeletvolumes;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/// How much of a disk something takes, and how much there is; upstream's `volume/util/fs`. Any thread; blocks as long
/// as the disk does, and holds the carrier of a virtual thread meanwhile.
///
/// Counted as du(1) does: blocks, not lengths, so a file with holes takes what it has on the disk; a file with several
/// names counts once; another file system that is mounted below is left out. Directories are opened by handle, one
/// name after the other, and no link is followed, whatever a container renames meanwhile. What goes or comes while it
/// is counted may count or not.
public final class DiskUsage {
    /// Entries of one tree that are counted; the rest is not. It bounds processor and memory for one volume.
    static final int MOST_ENTRIES = 1_000_000;
    /// Directories open at once on the way down; what lies deeper is not counted.
    static final int DEPTH = 128;
    /// `struct statvfs` of Linux with 64 bits.
    private static final long STATVFS_BYTES = 112;
    private static final int FRAGMENT = 1;
    private static final int BLOCKS = 2;
    private static final int BLOCKS_FREE = 3;
    private static final int BLOCKS_AVAILABLE = 4;
    private static final int FILES = 5;
    private static final int FILES_FREE = 6;
    private final FileCalls calls = new FileCalls();
    private final int mostEntries;

    /// With the bounds of upstream's callers: one million entries of a tree.
    public DiskUsage() {
        this(MOST_ENTRIES);
    }

    /// @param mostEntries of one tree that are counted
    DiskUsage(int mostEntries) {
        this.mostEntries = mostEntries;
    }

    /// What is taken.
    ///
    /// @param bytes on the disk
    /// @param inodes files and directories
    public record Used(long bytes, long inodes) {
        /// Nothing.
        public static final Used NONE = new Used(0, 0);

        /// Both together.
        public Used plus(Used other) {
            return new Used(bytes + other.bytes, inodes + other.inodes);
        }
    }

    /// A file system as a whole, as statvfs(3) tells it.
    ///
    /// @param availableBytes for users other than root
    /// @param capacityBytes altogether
    /// @param usedBytes by whomever
    /// @param inodes that there can be; 0 where there is no such bound
    /// @param inodesFree that are left
    public record FileSystem(long availableBytes, long capacityBytes, long usedBytes, long inodes, long inodesFree) {
        /// In use, by whomever.
        public long inodesUsed() {
            return inodes - inodesFree;
        }
    }

    /// The file system that a path is on; links in it are followed.
    /// @throws IOException when the kernel does not tell
    public FileSystem fileSystem(Path path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment told = arena.allocate(STATVFS_BYTES, Long.BYTES);
            if (!calls.fileSystem(arena.allocateFrom(path.toString()), told)) {
                throw new IOException("statvfs of " + path + " failed");
            }
            long block = word(told, FRAGMENT);
            return new FileSystem(word(told, BLOCKS_AVAILABLE) * block, word(told, BLOCKS) * block,
                    (word(told, BLOCKS) - word(told, BLOCKS_FREE)) * block, word(told, FILES), word(told, FILES_FREE));
        }
    }

    private static long word(MemorySegment told, int index) {
        return told.get(ValueLayout.JAVA_LONG, (long) index * Long.BYTES);
    }

    /// A directory with all that lies in it.
    /// @param root no link; its parents are the kubelet's own
    /// @throws IOException when it is no directory or cannot be opened
    /// @throws InterruptedException when this thread was interrupted; what was counted by then is lost
    public Used tree(Path root) throws IOException, InterruptedException {
        return counted(root, true);
    }

    /// The files of a directory, without it and without those below: such as the logs of a container.
    /// @param directory no link; its parents are the kubelet's own
    /// @throws IOException when it is no directory or cannot be opened
    /// @throws InterruptedException when this thread was interrupted
    public Used files(Path directory) throws IOException, InterruptedException {
        return counted(directory, false);
    }

    private Used counted(Path root, boolean deep) throws IOException, InterruptedException {
        try (Arena arena = Arena.ofConfined()) {
            long name = arena.allocateFrom(root.toString()).address();
            TreeCount count = new TreeCount(calls, arena, deep, mostEntries);
            if (!count.begin(name)) {
                throw new IOException(root + " is no directory that can be read");
            }
            return count.used();
        }
    }

    /// One file, as itself when it is a link.
    /// @return [Used#NONE] when it is not there
    public Used file(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            FileState entry = new FileState(arena);
            boolean there = calls.look(FileCalls.AT_CURRENT, arena.allocateFrom(path.toString()).address(),
                    entry.told());
            return there ? new Used(entry.bytes(), 1) : Used.NONE;
        }
    }
}
