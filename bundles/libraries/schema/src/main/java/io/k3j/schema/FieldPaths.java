package io.k3j.schema;

import java.util.ArrayList;
import java.util.List;

/// The paths of fields that a client is told about, such as unknown ones: as many and as long as somebody will read. A
/// document of a few megabytes can have hundreds of thousands of such fields below names of any length, and the paths
/// of all would be many times its size. For one thread.
///
/// The bounds are among the API server's in `docs/rules/security.md`.
public final class FieldPaths {
    /// The most paths that are kept.
    public static final int MOST = 100;
    /// The most characters of one.
    public static final int MAX_LENGTH = 256;
    private static final String MORE = "...";
    private final List<String> all = new ArrayList<>(0);

    /// Whether no further path will be kept: a walk need not make its text.
    public boolean full() {
        return all.size() >= MOST;
    }

    /// Keeps a path, unless there are enough.
    public void add(String path) {
        if (!full()) {
            all.add(shortened(path));
        }
    }

    /// Those that were kept, in order. Not a copy.
    public List<String> list() {
        return all;
    }

    /// A path with one more step; one that is too long stays as it is, so that a deep walk does not copy it at each
    /// level.
    public static String longer(String path, String step) {
        return path.length() >= MAX_LENGTH ? path : shortened(path + shortened(step));
    }

    /// A path, cut where it becomes too long.
    public static String shortened(String path) {
        return path.length() <= MAX_LENGTH ? path : path.substring(0, MAX_LENGTH - MORE.length()) + MORE;
    }
}
