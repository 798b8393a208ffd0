package io.k3j.kubeletvolumes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Whether a device that `blkid` knows nothing of may be formatted. Any thread; blocks for the disk.
///
/// `blkid` says the same of a device that it could not read: one bad sector at the end of a disk, where members of
/// RAIDs are told, hides the file system at its beginning. So both ends are read here, and `blkid` is to be asked again
/// while the device is open: what could be read is in the kernel's cache then. What the kernel itself knows counts as
/// well, as partitions whose table has been damaged.
final class BlankDevice {
    /// Of the beginning and of the end: all places where `blkid` looks, the farthest at 4 MiB (LUKS).
    private static final long END_BYTES = 8 << 20;
    private static final int PART_BYTES = 1 << 20;
    private final Path numbers;

    /// @param numbers `/sys/dev/block`
    BlankDevice(Path numbers) {
        this.numbers = numbers;
    }

    /// @param held the device, open
    /// @throws IOException when it cannot be read, has partitions or is part of something
    void check(Path device, FileChannel held) throws IOException {
        try {
            long size = held.size();
            if (size == 0) {
                throw new IOException("it has no content");
            }
            read(held, 0, Math.min(END_BYTES, size));
            read(held, Math.max(0, size - END_BYTES), size);
        } catch (IOException e) {
            throw new IOException("disk " + device + " cannot be read, so it is not formatted: " + e.getMessage(), e);
        }
        Path known = numbers.resolve(number((long) Files.getAttribute(device, "unix:rdev")));
        List<String> uses = new ArrayList<>();
        if (Files.isDirectory(known)) {
            uses.addAll(names(known, p -> Files.exists(p.resolve("partition"))));
        }
        if (Files.isDirectory(known.resolve("holders"))) {
            uses.addAll(names(known.resolve("holders"), _ -> true));
        }
        if (!uses.isEmpty()) {
            throw new IOException("disk " + device + " has partitions or is part of another device, so it is not"
                    + " formatted: " + String.join(", ", uses));
        }
    }

    private static void read(FileChannel held, long from, long to) throws IOException {
        ByteBuffer part = ByteBuffer.allocate(PART_BYTES);
        long at = from;
        while (at < to) {
            part.clear();
            part.limit((int) Math.min(PART_BYTES, to - at));
            int got = held.read(part, at);
            if (got <= 0) {
                throw new IOException("it ends at " + at);
            }
            at += got;
        }
    }

    private static List<String> names(Path directory, DirectoryStream.Filter<Path> which) throws IOException {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, which)) {
            all.forEach(p -> found.add(String.valueOf(p.getFileName())));
        }
        return found;
    }

    /// Major and minor number, as makedev(3) puts them together.
    private static String number(long device) {
        long major = device >>> 8 & 0xfff | device >>> 32 & ~0xfffL;
        long minor = device & 0xff | device >>> 12 & ~0xffL;
        return major + ":" + minor;
    }
}
