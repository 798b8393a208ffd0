package io.k3j.featuremodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Locale;
import java.util.Set;

/// Looks at files of the plugin directory as an attacker would: what others than root could have written is not run,
/// however good it looks.
public final class PluginFile {
    /// Rights by which somebody else than the owner changes a file.
    private static final Set<PosixFilePermission> OTHERS = Set.of(PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_WRITE);
    private static final String SUM = ".sha256";
    /// A file of a checksum that is longer is none.
    private static final int SUM_BYTES = 4096;

    /// The longest name that may become part of a file's; a checksum comes with it.
    public static final int MOST_LETTERS = 128;
    private static final int END_OF_ASCII = 128;

    private PluginFile() {
    }

    /// Whether a text that a stranger has written may be a file's name, whatever the machine's language.
    public static boolean isName(String text) {
        return !text.isEmpty() && text.length() <= MOST_LETTERS && text.charAt(0) != '.' && text.chars()
                .allMatch(c -> c < END_OF_ASCII && Character.isLetterOrDigit(c) || "._-".indexOf(c) >= 0);
    }

    /// By which a change of a file is noticed.
    public record Stamp(long size, FileTime modified) {
    }

    /// The stamp of a file.
    /// @throws IOException when it cannot be looked at, because it has just gone for example
    public static Stamp stamp(Path file) throws IOException {
        PosixFileAttributes attributes = attributes(file);
        return new Stamp(attributes.size(), attributes.lastModifiedTime());
    }

    /// Of the file itself, not of what it may point to: a link can be pointed elsewhere after it was looked at.
    private static PosixFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /// Refuses a directory or file that somebody else could have changed.
    /// @throws FeatureProblem with what to type
    public static void refuseOthers(Path file) {
        try {
            PosixFileAttributes attributes = attributes(file);
            if (attributes.isSymbolicLink() || !attributes.isRegularFile() && !attributes.isDirectory()) {
                throw new FeatureProblem(file + " is a link or no file: put the file itself there");
            }
            if (attributes.permissions().stream().anyMatch(OTHERS::contains)) {
                throw new FeatureProblem(file + " is writable by others, so anybody's code could run in this server;"
                        + " to allow its owner only: chmod go-w " + file);
            }
            String owner = attributes.owner().getName();
            // a process owns its directory in /proc
            if (!owner.equals("root") && !attributes.owner().equals(Files.getOwner(Path.of("/proc/self")))) {
                throw new FeatureProblem(file + " belongs to " + owner + "; to make it root's: chown root " + file);
            }
        } catch (IOException e) {
            throw new FeatureProblem(file + " cannot be looked at: " + e, e);
        }
    }

    /// Compares the checksum of a copy with that of a file beside the original, `NAME.jar.sha256` in the form of
    /// `sha256sum`, if there is one.
    /// @return the checksum
    public static String compareSum(Path file, Path bytes) {
        Path sum = file.resolveSibling(file.getFileName() + SUM);
        try {
            String digest = JarFacts.digest(bytes);
            if (!Files.exists(sum)) {
                return digest;
            }
            refuseOthers(sum);
            String text = Files.size(sum) > SUM_BYTES ? "" : Files.readString(sum).strip();
            String wanted = text.split("\\s")[0].toLowerCase(Locale.ROOT);
            if (!wanted.equals(digest)) {
                throw new FeatureProblem(file + " is damaged: its SHA-256 is " + digest + ", and " + sum
                        + " says " + wanted + "; copy it again");
            }
            return digest;
        } catch (IOException e) {
            throw new FeatureProblem(sum + " cannot be read: " + e, e);
        }
    }

    /// Whether a name in the directory is that of a plug-in; what begins with a dot is being copied.
    public static boolean isPlugin(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && !name.endsWith(SUM);
    }
}
