package io.k3j.launcher.release;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The directory releases lie in beside each other, and the links in it that say which one is started. `install.sh`
/// makes `release-<hash>` and `current`; an upgrade the rest:
///
/// ```
/// release-<hash>      a whole release, which never changes
/// current ──►         the one that is started
/// previous ──►        the one before, for a rollback
/// trial ──►           the one that is started twice at most in place of the current one, and has yet to prove itself
/// trial.from ──►      what was current when the trial began
/// trial.starts        a line for each start of the one on trial, by bin/k3s
/// ```
///
/// A trial ends by one rename, `trial` to `current`, or by the removal of `trial`: at each moment one whole release
/// is started, whatever was cut short. Everything else follows from the links, by [#settle].
///
/// Any thread, any process: of two that end one trial in two ways the first one wins, and the other is told.
public final class Releases {
    /// How many starts one on trial has.
    public static final int STARTS = 2;
    private static final String PREFIX = "release-";
    private static final String CURRENT = "current";
    private static final String PREVIOUS = "previous";
    private static final String TRIAL = "trial";
    private static final String FROM = "trial.from";
    private static final String COUNT = "trial.starts";
    private final Path library;
    private final ReleaseDisk disk;

    /// @param library the directory, as `/usr/local/lib/k3s`
    public Releases(Path library, ReleaseDisk disk) {
        this.library = library;
        this.disk = disk;
    }

    /// Those a distribution belongs to: empty unless `install.sh` has installed it.
    public static Optional<Releases> around(Path home, ReleaseDisk disk) {
        Path whole = home.toAbsolutePath().normalize();
        Path library = whole.getParent();
        return library != null && named(whole).startsWith(PREFIX) && Files.isSymbolicLink(library.resolve(CURRENT))
                ? Optional.of(new Releases(library, disk))
                : Optional.empty();
    }

    private static String named(Path path) {
        return Objects.toString(path.getFileName(), "");
    }

    /// The name of the directory of a release.
    public static String name(String hash) {
        return PREFIX + hash;
    }

    /// The directory all of them lie in.
    public Path library() {
        return library;
    }

    /// Where one lies.
    public Path directory(String name) {
        return library.resolve(name);
    }

    /// The name of the one that is started.
    public Optional<String> current() throws IOException {
        return target(CURRENT);
    }

    /// The name of the one before.
    public Optional<String> previous() throws IOException {
        return target(PREVIOUS).filter(name -> Files.isDirectory(directory(name)));
    }

    /// The name of the one on trial.
    public Optional<String> trial() throws IOException {
        return target(TRIAL);
    }

    /// How often the one on trial has been started.
    public int starts() throws IOException {
        Path file = library.resolve(COUNT);
        return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    }

    private Optional<String> target(String link) throws IOException {
        Path path = library.resolve(link);
        try {
            return Files.isSymbolicLink(path) ? Optional.of(Files.readSymbolicLink(path).toString()) : Optional.empty();
        } catch (NoSuchFileException another) {
            return Optional.empty();
        }
    }

    /// Puts a release on trial: the next start takes it.
    /// @throws IOException when another one is on trial, too, or it is the current one, or is not there
    public void begin(String name) throws IOException {
        if (current().equals(Optional.of(name))) {
            throw new IOException(name + " is the current release");
        }
        if (!Files.isDirectory(directory(name), LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(directory(name) + " is not there");
        }
        if (trial().isPresent()) {
            throw new IOException(trial().get() + " is on trial");
        }
        settle();
        disk.link(library.resolve(FROM), current().orElseThrow(() -> new IOException("there is no " + CURRENT)));
        disk.link(library.resolve(TRIAL), name);
    }

    /// The one on trial becomes the current one.
    /// @return whether it has: not when the trial is over already
    public boolean commit(String name) throws IOException {
        if (!trial().equals(Optional.of(name))) {
            return current().equals(Optional.of(name));
        }
        try {
            disk.rename(library.resolve(TRIAL), library.resolve(CURRENT));
        } catch (IOException e) {
            if (trial().isPresent()) {
                throw e;
            }
            return false;
        }
        settle();
        return true;
    }

    /// Ends the trial: the current release stays.
    /// @return whether there was one
    public boolean takeBack() throws IOException {
        boolean was = disk.delete(library.resolve(TRIAL));
        settle();
        return was;
    }

    /// Finishes what was cut short after a trial had ended, and forgets how often it was started.
    public void settle() throws IOException {
        if (trial().isPresent()) {
            return;
        }
        Optional<String> from = target(FROM);
        if (from.isPresent() && !from.equals(current())) {
            try {
                disk.rename(library.resolve(FROM), library.resolve(PREVIOUS));
            } catch (NoSuchFileException another) {
                // the command and the process it waits for both settle: the other one was faster
            }
        } else {
            disk.delete(library.resolve(FROM));
        }
        disk.delete(library.resolve(COUNT));
    }

    /// Deletes releases, and what is left of staged ones, that no link leads to.
    /// @param used tells of a directory whether a process runs from it
    public void tidy(Predicate<Path> used) throws IOException {
        List<String> kept = Stream.of(current(), previous(), trial(), target(FROM))
                .flatMap(Optional::stream).toList();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(library, PREFIX + "*")) {
            for (Path one : all) {
                if (!kept.contains(named(one)) && Files.isDirectory(one, LinkOption.NOFOLLOW_LINKS)
                        && !used.test(one)) {
                    disk.delete(one);
                }
            }
        }
    }
}
