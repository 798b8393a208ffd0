package io.k3j.addondeployer;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What lies in `server/manifests`: files below it in the order of their paths, subdirectories too. A link to a
/// directory is followed, one within such a directory is not, so that there is no way round in a circle. Blocks for the
/// disk; keeps nothing between calls.
final class ManifestDirectory {
    /// How many files are looked at; more are a mistake, which is told.
    static final int MAX_FILES = 2_000;
    /// How deep subdirectories may nest.
    static final int MAX_DEPTH = 16;
    private static final String SKIP = ".skip";
    private final Path base;
    private final Set<Integer> owners;

    /// @param base the directory; it may be missing
    /// @param owners the user ids that directories may belong to
    ManifestDirectory(Path base, Set<Integer> owners) {
        this.base = base;
        this.owners = Set.copyOf(owners);
    }

    /// One file.
    ///
    /// @param path where it lies, through links as they are named
    /// @param relative the same below the directory
    /// @param stamp of the file itself, behind a link
    /// @param linked whether it is reached through a link to a directory, so that it belongs to somebody else
    record Found(Path path, Path relative, FileStamp stamp, boolean linked) {
        /// What comes before the first dot: the name of its Addon.
        String addon() {
            return path.getFileName().toString().split("\\.", 2)[0];
        }
    }

    /// One look.
    ///
    /// @param files whatever is not hidden, manifest or not, by path
    /// @param skipped names of files that a neighbour `NAME.skip` anywhere keeps from being looked at
    /// @param directories those that were looked into, for a watch
    /// @param problems what could not be looked at, in sentences
    record Listing(List<Found> files, Set<String> skipped, List<Path> directories, List<String> problems) {
        /// Whether a file is to be deployed, if nothing disables it.
        boolean wanted(Found file) {
            String name = file.path().getFileName().toString();
            return !skipped.contains(name) && DisabledWords.manifest(name);
        }
    }

    /// Looks once.
    Listing list() {
        Listing listing = new Listing(new ArrayList<>(), new HashSet<>(), new ArrayList<>(), new ArrayList<>());
        if (Files.isDirectory(base)) {
            into(listing, base, 0, false);
        }
        listing.files.sort((a, b) -> a.path.compareTo(b.path));
        return listing;
    }

    private void into(Listing listing, Path directory, int depth, boolean linked) {
        if (depth > MAX_DEPTH) {
            listing.problems.add(directory + " lies deeper than " + MAX_DEPTH + " directories and is not looked into");
            return;
        }
        try {
            trust(directory);
            listing.directories.add(directory);
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    add(listing, entry, depth, linked);
                }
            }
        } catch (IOException e) {
            listing.problems.add(directory + " is not looked into: " + e.getMessage());
        }
    }

    /// Who may write a directory decides what runs in the cluster.
    private void trust(Path directory) throws IOException {
        FileStamp stamp = FileStamp.of(directory);
        if (!owners.contains(stamp.owner())) {
            throw new IOException("it belongs to user " + stamp.owner() + "; type: chown root " + directory);
        }
        if (stamp.writableByAll()) {
            throw new IOException("every user may write it; type: chmod o-w " + directory);
        }
    }

    private void add(Listing listing, Path entry, int depth, boolean linked) {
        String name = entry.getFileName().toString();
        if (name.startsWith(".")) {
            return;
        }
        try {
            FileStamp stamp = FileStamp.of(entry);
            boolean link = !FileStamp.of(entry, LinkOption.NOFOLLOW_LINKS).equals(stamp);
            if (!stamp.directory()) {
                keep(listing, entry, stamp, linked);
            } else if (!link || !linked) {
                into(listing, entry, depth + 1, linked || link);
            }
        } catch (IOException e) {
            listing.problems.add(entry + " cannot be looked at: " + e.getMessage());
        }
    }

    private void keep(Listing listing, Path file, FileStamp stamp, boolean linked) {
        String name = file.getFileName().toString();
        if (name.endsWith(SKIP)) {
            listing.skipped.add(name.substring(0, name.length() - SKIP.length()));
        } else if (listing.files.size() < MAX_FILES) {
            listing.files.add(new Found(file, base.relativize(file), stamp, linked));
        } else if (listing.files.size() == MAX_FILES && listing.problems.stream().noneMatch(p -> p.contains("more"))) {
            listing.problems.add(base + " holds more than " + MAX_FILES + " files; the others are not looked at");
        }
    }
}
