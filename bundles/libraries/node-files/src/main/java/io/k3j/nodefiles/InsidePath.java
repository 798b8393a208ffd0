package io.k3j.nodefiles;

import io.k3j.nodefiles.Handles.Handle;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Follows a path and the links on its way as if its directory were the root of everything: `..` does not lead out of
/// it, and an absolute link begins at it. So nothing outside is touched or asked for, whatever a container makes of its
/// links meanwhile. Upstream's `securejoin`. One thread, for one path.
final class InsidePath {
    /// How many names are followed, those of links included; more than a path can have.
    private static final int MOST_NAMES = 4096;
    private final Handle base;
    private final String wanted;
    private final Deque<String> ahead = new ArrayDeque<>();
    /// What leads from the base to where it is, without links.
    private final List<String> behind = new ArrayList<>();
    private int followed;

    private InsidePath(Handle base, String wanted) {
        this.base = base;
        this.wanted = wanted;
    }

    /// What a path leads to, which is no link.
    /// @param base stays open
    /// @return to be closed by the caller
    /// @throws java.nio.file.NoSuchFileException when a part is missing
    /// @throws FileSystemException when links lead in a circle
    static Handle open(Handle base, String path) throws IOException {
        return new InsidePath(base, path).open();
    }

    private Handle open() throws IOException {
        follow(Path.of(wanted));
        Handle at = here();
        while (!ahead.isEmpty()) {
            try (Handle before = at) {
                at = next(before, ahead.removeFirst());
            }
        }
        return at;
    }

    private void follow(Path path) throws IOException {
        count(path.getNameCount());
        for (int i = path.getNameCount() - 1; i >= 0; i--) {
            ahead.addFirst(path.getName(i).toString());
        }
    }

    private void count(int names) throws IOException {
        followed += names;
        if (followed > MOST_NAMES) {
            throw new FileSystemException(wanted, null, "leads through too many links and directories");
        }
    }

    /// The directory above is looked for from the base on: a container may have moved the one it was found in.
    private Handle next(Handle at, String name) throws IOException {
        if (name.equals("..") && !behind.isEmpty()) {
            behind.removeLast();
        }
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            return here();
        }
        Handle found = at.childOrLink(name);
        if (!found.isLink()) {
            behind.add(name);
            return found;
        }
        found.close();
        Path to = Files.readSymbolicLink(at.entry(name));
        follow(to);
        if (to.isAbsolute()) {
            behind.clear();
        }
        return here();
    }

    private Handle here() throws IOException {
        count(behind.size());
        return base.walk(Path.of("", behind.toArray(new String[0])));
    }
}
