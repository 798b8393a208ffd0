package io.k3j.addondeployer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;

/// What tells one state of a file from another without reading it. Equal stamps are the same content; what only touches
/// the inode (`chmod`) makes another stamp.
///
/// @param modified when the content was written, as the file says
/// @param changed when the inode was changed, which nobody can set
/// @param inode the file itself: another one under the same name is another file
/// @param size in bytes
/// @param mode type and permission bits
/// @param owner user id
record FileStamp(Instant modified, Instant changed, long inode, long size, int mode, int owner) {
    private static final int TYPE = 0xf000;
    private static final int REGULAR = 0x8000;
    private static final int DIRECTORY = 0x4000;
    private static final int OTHERS_WRITE = 2;

    /// Of a file, or of what a link leads to unless told not to follow it.
    static FileStamp of(Path path, LinkOption... options) throws IOException {
        Map<String, Object> all = Files.readAttributes(path, "unix:lastModifiedTime,ctime,ino,size,mode,uid", options);
        return new FileStamp(time(all, "lastModifiedTime"), time(all, "ctime"), number(all, "ino"),
                number(all, "size"), (int) number(all, "mode"), (int) number(all, "uid"));
    }

    private static Instant time(Map<String, Object> all, String name) {
        return all.get(name) instanceof FileTime time ? time.toInstant() : Instant.EPOCH;
    }

    private static long number(Map<String, Object> all, String name) {
        return all.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /// Whether it is an ordinary file: neither a pipe nor a device, which could be read for ever.
    boolean regular() {
        return (mode & TYPE) == REGULAR;
    }

    boolean directory() {
        return (mode & TYPE) == DIRECTORY;
    }

    /// Whether any user of the machine may write it.
    boolean writableByAll() {
        return (mode & OTHERS_WRITE) != 0;
    }

    /// When it became what it is. Immutable file systems (NixOS) give every file the epoch: then the inode's time.
    Instant since() {
        return modified.isAfter(Instant.EPOCH) ? modified : changed;
    }
}
