package io.k3j.kubeletvolumes;

import java.lang.foreign.Arena;
import java.util.HashSet;
import java.util.Set;

/// One count of one directory, for [DiskUsage]. One thread, once.
final class TreeCount {
    private final FileCalls calls;
    private final FileState entry;
    private final boolean deep;
    /// Inodes of files with several names that were counted; as many as entries at most.
    private final Set<Long> shared = new HashSet<>();
    private int left;
    private long device;
    private long bytes;
    private long inodes;

    /// @param deep whether directories count, and what lies in them
    /// @param mostEntries after which the rest is left out
    TreeCount(FileCalls calls, Arena arena, boolean deep, int mostEntries) {
        this.calls = calls;
        this.deep = deep;
        this.left = mostEntries;
        entry = new FileState(arena);
    }

    /// Counts from a path on.
    /// @return false when it is no directory
    boolean begin(long path) throws InterruptedException {
        if (!calls.look(FileCalls.AT_CURRENT, path, entry.told()) || !entry.isDirectory()) {
            return false;
        }
        device = entry.device();
        if (deep) {
            add();
        }
        return below(FileCalls.AT_CURRENT, path, 1);
    }

    DiskUsage.Used used() {
        return new DiskUsage.Used(bytes, inodes);
    }

    private void add() {
        bytes += entry.bytes();
        inodes++;
    }

    /// @return false when the directory has gone
    private boolean below(int at, long name, int depth) throws InterruptedException {
        long stream = calls.open(at, name);
        if (stream == 0) {
            return false;
        }
        try {
            int here = calls.number(stream);
            for (long child = calls.next(stream); child != 0 && left > 0; child = calls.next(stream)) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                left--;
                one(here, child, depth);
            }
        } finally {
            calls.close(stream);
        }
        return true;
    }

    private void one(int at, long name, int depth) throws InterruptedException {
        if (!calls.look(at, name, entry.told()) || entry.device() != device) {
            return;
        }
        if (!entry.isDirectory()) {
            if (!entry.shared() || shared.add(entry.inode())) {
                add();
            }
        } else if (deep) {
            add();
            if (depth < DiskUsage.DEPTH) {
                below(at, name, depth + 1);
            }
        }
    }
}
