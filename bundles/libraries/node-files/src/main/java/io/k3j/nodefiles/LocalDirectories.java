package io.k3j.nodefiles;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Directories of local volumes below a directory of the node's own, which no container can change. What a container
/// has put into its volume leads nowhere: names are taken one by one, and links are never followed. Any thread; blocks.
public final class LocalDirectories {
    private static final int LONGEST = 255;
    private static final String OWN = "rwx------";
    private static final String EVERYBODY = "rwxrwxrwx";

    private LocalDirectories() {
    }

    /// Makes a directory that everybody may write to, in a parent that only root may enter (as K3s' `setup`); the
    /// parent is made where it is missing. One that is there stays, with its content.
    ///
    /// @param parent absolute
    /// @param name one component of letters, digits, `-`, `_` and `.`
    /// @throws IllegalArgumentException for another name
    /// @throws IOException when something else has the name, or the disk is full
    public static void make(Path parent, String name) throws IOException {
        check(name);
        Files.createDirectories(parent);
        Handles handles = new Handles();
        try (Handles.Handle in = handles.directory(parent)) {
            Files.setPosixFilePermissions(in.path(), PosixFilePermissions.fromString(OWN));
            try {
                Files.createDirectory(in.entry(name));
            } catch (FileAlreadyExistsException there) {
                // it is looked at below
            }
            try (Handles.Handle made = in.child(name)) {
                if (!made.isDirectory()) {
                    throw new IOException(parent.resolve(name) + " is there and is no directory");
                }
                Files.setPosixFilePermissions(made.path(), PosixFilePermissions.fromString(EVERYBODY));
            }
        }
    }

    /// Deletes a directory with all its content; one that is not there is no failure.
    ///
    /// @param parent as for [#make]
    /// @param name as for [#make]
    /// @throws IOException when something cannot be removed; a second call goes on
    public static void delete(Path parent, String name) throws IOException {
        check(name);
        Trees.delete(parent.resolve(name));
    }

    private static void check(String name) {
        boolean plain = !name.isEmpty() && name.length() <= LONGEST && name.charAt(0) != '.'
                && name.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "-_.".indexOf(c) >= 0));
        if (!plain) {
            throw new IllegalArgumentException("not the name of a local volume: " + name);
        }
    }
}
