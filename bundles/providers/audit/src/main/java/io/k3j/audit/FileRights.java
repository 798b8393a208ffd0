package io.k3j.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;

/// Who may read a log: it is the operator's choice, and goes on from a file to the one that takes its place.
/// @param mode permissions
record FileRights(Set<PosixFilePermission> mode, UserPrincipal owner, GroupPrincipal group) {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE = PosixFilePermissions
            .asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final System.Logger LOG = System.getLogger("io.k3j.audit");

    /// Those of a file.
    static FileRights of(Path file) throws IOException {
        PosixFileAttributes all = Files.readAttributes(file, PosixFileAttributes.class);
        return new FileRights(all.permissions(), all.owner(), all.group());
    }

    /// Makes an empty file for its owner alone.
    static void createOwn(Path file) throws IOException {
        Files.createFile(file, OWNER_FILE);
    }

    /// Makes an empty file with these rights; for its owner alone where this process may not give it away.
    void create(Path file) throws IOException {
        createOwn(file);
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        PosixFileAttributes made = view.readAttributes();
        try {
            if (!made.owner().equals(owner)) {
                view.setOwner(owner);
            }
            if (!made.group().equals(group)) {
                view.setGroup(group);
            }
            view.setPermissions(mode);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot give the audit log to its owner path={0} error={1}", file,
                    e.toString());
        }
    }

    /// Refuses a directory in which somebody else may put links, or take files away: root writes where these lead.
    /// @throws IOException that says what to change
    static void requireOwn(Path directory) throws IOException {
        Object owner = Files.getAttribute(directory, "unix:uid");
        Object own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!owner.equals(0) && !owner.equals(own)) {
            throw new IOException("the directory " + directory + " is neither root's nor this user's (uid " + owner
                    + "), who may replace the log: choose another");
        }
        if (Files.getPosixFilePermissions(directory).contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("every user may write to the directory " + directory
                    + " and replace the log: chmod o-w, or choose another");
        }
    }
}
