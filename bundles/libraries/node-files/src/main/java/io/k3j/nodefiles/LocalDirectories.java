package io.k3j.nodefiles;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// Directories of local volumes below a directory of the node's own, which no container can change. What a container
/// has put into its volume leads nowhere: names are taken one by one, and links are never followed. Any thread; blocks.
public final class LocalDirectories {
    private static final int LONGEST = 255;
    /// Each takes a descriptor while the one below it is made.
    private static final int DEEPEST = 16;
    private static final String OWN = "rwx------";
    private static final String EVERYBODY = "rwxrwxrwx";

    private LocalDirectories() {
    }

    /// Makes a directory that everybody may write to, in a parent that only root may enter (as K3s' `setup`); the
    /// parent is made where it is missing, and so are directories between the two, for root alone. What is there stays,
    /// with its content.
    ///
    /// @param parent absolute
    /// @param name one component of letters, digits, `-`, `_` and `.`, or several with `/` between them
    /// @throws IllegalArgumentException for another name
    /// @throws IOException when something else has the name, a link is on the way, or the disk is full
    public static void make(Path parent, String name) throws IOException {
        List<String> names = names(name);
        Files.createDirectories(parent);
        try (Handles.Handle in = new Handles().directory(parent)) {
            Files.setPosixFilePermissions(in.path(), PosixFilePermissions.fromString(OWN));
            make(in, parent, names);
        }
    }

    private static void make(Handles.Handle in, Path at, List<String> names) throws IOException {
        String name = names.getFirst();
        boolean last = names.size() == 1;
        boolean fresh = created(in.entry(name));
        try (Handles.Handle made = in.child(name)) {
            if (!made.isDirectory()) {
                throw new IOException(at.resolve(name) + " is there and is no directory");
            }
            if (last || fresh) {
                Files.setPosixFilePermissions(made.path(), PosixFilePermissions.fromString(last ? EVERYBODY : OWN));
            }
            if (!last) {
                make(made, at.resolve(name), names.subList(1, names.size()));
            }
        }
    }

    /// Whether it was not there; what has the place is looked at by who asks.
    private static boolean created(Path place) throws IOException {
        try {
            Files.createDirectory(place);
            return true;
        } catch (FileAlreadyExistsException there) {
            return false;
        }
    }

    /// Deletes a directory with all its content; one that is not there is no failure. Those between it and the parent
    /// stay.
    ///
    /// @param parent as for [#make]
    /// @param name as for [#make]
    /// @throws IOException when something cannot be removed, or a link is on the way; a second call goes on
    public static void delete(Path parent, String name) throws IOException {
        List<String> names = names(name);
        if (names.size() == 1) {
            Trees.delete(parent.resolve(name));
            return;
        }
        Path between = Path.of(String.join("/", names.subList(0, names.size() - 1)));
        try (Handles.Handle base = new Handles().directory(parent); Handles.Handle in = base.walk(between)) {
            Trees.delete(in.entry(names.getLast()));
        } catch (NoSuchFileException gone) {
            // nothing was made there, or somebody else was faster
        }
    }

    private static List<String> names(String name) {
        List<String> names = List.of(name.split("/", -1));
        if (names.size() > DEEPEST || !names.stream().allMatch(LocalDirectories::plain)) {
            throw new IllegalArgumentException("not the name of a local volume: " + name);
        }
        return names;
    }

    private static boolean plain(String name) {
        return !name.isEmpty() && name.length() <= LONGEST && name.charAt(0) != '.'
                && name.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "-_.".indexOf(c) >= 0));
    }
}
