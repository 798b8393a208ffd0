package io.k3j.cli.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who may write a file that becomes code of root: root, and the user who has called sudo, who is as good as root. In
/// a directory that others may write, as /tmp, only where its sticky bit keeps them from others' files.
public final class TrustedFile {
    private static final int GROUP = 020;
    private static final int OTHERS = 02;
    private static final int STICKY = 01000;
    private final Set<Integer> owners;
    private final Set<Integer> groups;

    /// @param owners user numbers beside root's
    /// @param groups whose members may write, beside root's
    TrustedFile(Set<Integer> owners, Set<Integer> groups) {
        this.owners = owners;
        this.groups = groups;
    }

    /// With the user that sudo names, and his group where it has his own number: it is his alone then, as systems make
    /// it for each user, and not one that several are in.
    public static TrustedFile of(Map<String, String> environment) {
        Set<Integer> user = number(environment, "SUDO_UID");
        return new TrustedFile(user, user.equals(number(environment, "SUDO_GID")) ? user : Set.of());
    }

    private static Set<Integer> number(Map<String, String> environment, String name) {
        try {
            return Set.of(Integer.parseInt(environment.getOrDefault(name, "")));
        } catch (NumberFormatException e) {
            return Set.of();
        }
    }

    /// Why not to believe a tar or what lies beside it: the first of it and the directories above it that somebody
    /// else may write.
    public Optional<String> problem(Path file) {
        return problem(file, "give the path of a k3s-….tar.gz",
                "fetch the release into a directory of root's, as /root, instead of " + file);
    }

    /// The same of a program that root runs.
    Optional<String> programProblem(Path program) {
        return problem(program, "give the path of a program", "install it where only root writes");
    }

    private Optional<String> problem(Path file, String missing, String remedy) {
        try {
            Path real = file.toRealPath();
            for (Path path = real; path != null; path = path.getParent()) {
                int owner = (Integer) Files.getAttribute(path, "unix:uid");
                int group = (Integer) Files.getAttribute(path, "unix:gid");
                int mode = (Integer) Files.getAttribute(path, "unix:mode");
                boolean sticky = path != real && (mode & STICKY) != 0;
                boolean open = (mode & OTHERS) != 0 || (mode & GROUP) != 0 && group != 0 && !groups.contains(group);
                if (owner != 0 && !owners.contains(owner)) {
                    return Optional.of(told(path, "belongs to user " + owner, remedy));
                }
                if (open && !sticky) {
                    return Optional.of(told(path, "can be written by others", remedy));
                }
            }
            return Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.of("cannot read " + file + ": there is no such file; " + missing);
        } catch (IOException e) {
            return Optional.of("cannot tell who may write " + file + ": " + e);
        }
    }

    private static String told(Path path, String why, String remedy) {
        return path + " " + why + ", who could put other code there; " + remedy;
    }
}
