package io.k3j.kubeletvolumes;

import io.k3j.kubeletvolumes.VolumeFiles.Content;
import io.k3j.nodefiles.Handles;
import io.k3j.nodefiles.Handles.Handle;
import io.k3j.nodefiles.Trees;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Files that change all at once: they lie in a directory `..<time>`, the link `..data` points at it, and what
/// a container sees are links through `..data`. Replacing `..data` by rename shows the new files, never a mix;
/// this is the layout containers know from upstream. Whatever else lies in the directory is removed, and no link
/// in it is ever followed: where it points may be somebody else's choice.
///
/// Upstream's `AtomicWriter`. One object per write; one thread at a time per directory, which blocks for the disk. A
/// process that reads a path through `..data` twice may see two versions; one that opens the directory once sees one.
final class AtomicDirectory {
    /// The link that says which version counts.
    private static final String DATA = "..data";
    /// The next link, before it takes the place of [#DATA]: a link cannot be changed, only replaced.
    private static final String NEXT = "..data_tmp";
    private final Handles handles;
    private final Path directory;
    private final InstantSource clock;

    /// @param directory exists already; no container can change its parents
    /// @param clock of the time of day, for names only
    AtomicDirectory(Handles handles, Path directory, InstantSource clock) {
        this.handles = handles;
        this.directory = directory;
        this.clock = clock;
    }

    /// Makes the directory show exactly these files, by path relative to it. What is there already is compared by
    /// content: without a change no name changes either, so nobody who watches the directory is woken for nothing. The
    /// new version is complete before anything points at it; the old one goes last. A crash in between leaves the old
    /// version or the new one; what is left over goes with the next change.
    /// @param wanted an empty map makes the directory empty
    /// @param group numeric owner group, -1 for root's
    /// @return whether anything changed
    /// @throws IOException when something cannot be written, as on a full disk, or a path leaves the volume; the old
    /// version stays
    boolean write(Map<String, Content> wanted, long group) throws IOException {
        Map<Path, Content> files = new TreeMap<>();
        for (Map.Entry<String, Content> e : wanted.entrySet()) {
            files.put(relative(e.getKey()), e.getValue());
        }
        try (Handle top = handles.directory(directory)) {
            if (same(top, files)) {
                return false;
            }
            String fresh = ".." + clock.instant().toString().replace(':', '_') + "."
                    + Long.toHexString(System.nanoTime());
            removeUnfinished(top);
            try {
                fill(top, fresh, files, group);
            } catch (IOException e) {
                Trees.delete(top.entry(fresh));
                throw e;
            }
            Files.deleteIfExists(top.entry(NEXT));
            Files.createSymbolicLink(top.entry(NEXT), Path.of(fresh));
            Files.move(top.entry(NEXT), top.entry(DATA), StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            links(top, files.keySet(), fresh);
            return true;
        }
    }

    /// What a write left that a crash cut short: the next may need its room. Names that begin with two dots are this
    /// class's own: a ConfigMap's key cannot begin so.
    private static void removeUnfinished(Handle top) throws IOException {
        List<String> shown = List.of(DATA, link(top, DATA).toString());
        try (Stream<Path> all = Files.list(top.path())) {
            for (Path p : all.toList()) {
                String name = p.getFileName().toString();
                if (name.startsWith("..") && !shown.contains(name)) {
                    Trees.delete(p);
                }
            }
        }
    }

    /// A path that a pod names in `items`. The API server has checked it; a static pod's nobody has.
    private static Path relative(String text) throws IOException {
        Path path = Path.of(text).normalize();
        if (path.isAbsolute() || text.isEmpty() || path.getName(0).toString().startsWith("..")) {
            throw new IOException("path \"" + text + "\" leaves the volume");
        }
        return path;
    }

    /// Handle by handle, so that a directory which is replaced meanwhile is not written to by mistake.
    private static void fill(Handle top, String fresh, Map<Path, Content> files, long group) throws IOException {
        try (Handle root = directory(top, fresh)) {
            for (Map.Entry<Path, Content> e : files.entrySet()) {
                Handle at = root.walk(Path.of(""));
                for (Path part : Objects
                        .requireNonNull(e.getKey().getNameCount() > 1 ? e.getKey().getParent() : Path.of(""))) {
                    if (!part.toString().isEmpty()) {
                        try (Handle before = at) {
                            at = directory(before, part.toString());
                        }
                    }
                }
                try (Handle parent = at) {
                    file(parent, e.getKey().getFileName().toString(), e.getValue(), group);
                }
            }
        }
    }

    /// A directory of this name, made or found; open to all, whatever the umask is.
    private static Handle directory(Handle parent, String name) throws IOException {
        try {
            Files.createDirectory(parent.entry(name));
        } catch (FileAlreadyExistsException e) {
            return parent.child(name);
        }
        Handle made = parent.child(name);
        Files.setAttribute(made.path(), "unix:mode", 0755);
        return made;
    }

    /// Made for its owner only and opened to others when it is complete: a Secret's bytes are never readable by more
    /// than its mode says. With a group the mode gains 0440, as upstream's `SetVolumeOwnership` does for volumes that
    /// are read only.
    private static void file(Handle parent, String name, Content content, long group) throws IOException {
        try (SeekableByteChannel out = Files.newByteChannel(parent.entry(name),
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer rest = ByteBuffer.wrap(content.bytes());
            while (rest.hasRemaining()) {
                out.write(rest);
            }
        }
        try (Handle file = parent.child(name)) {
            if (content.owner() >= 0) {
                Files.setAttribute(file.path(), "unix:uid", (int) content.owner());
            }
            if (group >= 0) {
                Files.setAttribute(file.path(), "unix:gid", (int) group);
            }
            Files.setAttribute(file.path(), "unix:mode", content.mode() | (group >= 0 ? 0440 : 0));
        }
    }

    /// Makes the links that are missing and removes whatever else there is. Links for names that are wanted no more go
    /// after [#DATA] has moved on: until then they show the old files.
    /// @param files what is wanted; only the first name of each gets a link
    /// @param fresh the directory of the version in force
    private static void links(Handle top, Set<Path> files, String fresh) throws IOException {
        Set<String> stay = new HashSet<>(Set.of(DATA, fresh));
        for (Path file : files) {
            String name = file.getName(0).toString();
            Path target = Path.of(DATA, name);
            if (stay.add(name) && !target.equals(link(top, name))) {
                Trees.delete(top.entry(name));
                Files.createSymbolicLink(top.entry(name), target);
            }
        }
        try (Stream<Path> all = Files.list(top.path())) {
            for (Path p : all.toList()) {
                if (!stay.contains(p.getFileName().toString())) {
                    Trees.delete(p);
                }
            }
        }
    }

    /// Where a link points, the empty path when it is none.
    private static Path link(Handle in, String name) throws IOException {
        Path p = in.entry(name);
        return Files.isSymbolicLink(p) ? Files.readSymbolicLink(p) : Path.of("");
    }

    /// Whether the version in force has exactly these files and every link is in its place. A `..data` that leads
    /// anywhere but to a directory of this class is none of ours and counts as different.
    private static boolean same(Handle top, Map<Path, Content> files) throws IOException {
        Path data = link(top, DATA);
        if (data.getNameCount() != 1 || data.isAbsolute() || !data.toString().startsWith("..")
                || data.toString().equals("..")) {
            return false;
        }
        try (Handle old = top.child(data.toString())) {
            for (Path file : files.keySet()) {
                Path first = file.getName(0);
                if (!Path.of(DATA).resolve(first).equals(link(top, first.toString()))) {
                    return false;
                }
            }
            return old.isDirectory() && same(old, Path.of(""), files) == files.size();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /// How many files of a directory are as they should be; less than none when one is not.
    /// @param at where the directory lies in the volume
    private static int same(Handle directory, Path at, Map<Path, Content> files) throws IOException {
        int count = 0;
        try (Stream<Path> all = Files.list(directory.path())) {
            for (Path p : all.toList()) {
                Path name = at.resolve(p.getFileName()).normalize();
                int more = Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS) ? below(directory, name, files)
                        : equal(p, files.get(name)) ? 1 : -1;
                if (more < 0) {
                    return -1;
                }
                count += more;
            }
        }
        return count;
    }

    /// A directory of which no file is wanted is one too many.
    private static int below(Handle directory, Path name, Map<Path, Content> files) throws IOException {
        if (files.keySet().stream().noneMatch(f -> f.startsWith(name))) {
            return -1;
        }
        try (Handle child = directory.child(name.getFileName().toString())) {
            return same(child, name, files);
        }
    }

    /// Reads one byte more than it should find, so that a longer file is not taken for an equal one.
    private static boolean equal(Path p, @Nullable Content wanted) throws IOException {
        if (wanted == null || !Files.isRegularFile(p, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (SeekableByteChannel in = Files.newByteChannel(p, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer bytes = ByteBuffer.allocate(wanted.bytes().length + 1);
            while (bytes.hasRemaining() && in.read(bytes) >= 0) {
                // until it is longer than it should be, or ends
            }
            return Arrays.equals(bytes.array(), 0, bytes.position(), wanted.bytes(), 0, wanted.bytes().length);
        }
    }
}
