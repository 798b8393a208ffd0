package io.k3j.imageregistries;

import io.k3j.codec.MalformedInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/// Follows `registries.yaml`: whenever it has changed, `certs.d` is brought to it. A file that cannot be used changes
/// nothing; with none before it, pulls are refused. For any thread; blocks for the disk.
public final class RegistriesFile {
    /// A larger file is refused unread.
    static final int MAX_BYTES = 1 << 20;
    private static final System.Logger LOG = System.getLogger("io.k3j.imageregistries");
    private static final String ABSENT = "absent";
    private final Path file;
    private final boolean fallback;
    private final HostsDirectory hosts;
    private String seen = "";
    private String problem = "";
    private Optional<Registries> registries = Optional.empty();

    /// Reads nothing yet.
    ///
    /// @param fallback whether a registry itself is asked after its mirrors
    public RegistriesFile(Path file, boolean fallback, HostsDirectory hosts) {
        this.file = file;
        this.fallback = fallback;
        this.hosts = hosts;
    }

    /// Takes the file up if it is another one than last time.
    ///
    /// @return what is wrong with it and what to do, empty when nothing is
    public synchronized String refresh() {
        String now = stamp(file);
        if (now.equals(seen)) {
            return problem;
        }
        try {
            Registries read = Registries.parse(content(file, now), fallback);
            hosts.write(read);
            if (!seen.isEmpty()) {
                LOG.log(System.Logger.Level.INFO, "Took up registries path={0}", file);
            }
            if (!read.ignored().isEmpty()) {
                LOG.log(System.Logger.Level.WARNING, "Ignoring unknown fields path={0} fields={1}", file,
                        read.ignored());
            }
            registries = Optional.of(read);
            problem = "";
            seen = now;
        } catch (MalformedInput e) {
            wrong(now, e.getMessage() + "; correct it, it is read again by itself");
        } catch (IOException e) {
            wrong("", "cannot be taken up: " + e.getMessage());
        }
        return problem;
    }

    private void wrong(String now, String why) {
        String told = file + ": " + why + (registries.isPresent() ? "; the one before goes on counting" : "");
        if (!told.equals(problem)) {
            LOG.log(System.Logger.Level.WARNING, "Cannot use registries error={0}", told);
        }
        problem = told;
        seen = now;
    }

    /// The content of the file; nothing where the stamp says that there is none.
    ///
    /// @throws MalformedInput when it is larger than [#MAX_BYTES]
    static byte[] content(Path file, String stamp) throws IOException {
        if (stamp.equals(ABSENT)) {
            return new byte[0];
        }
        try (var in = Files.newInputStream(file)) {
            byte[] all = in.readNBytes(MAX_BYTES + 1);
            if (all.length > MAX_BYTES) {
                throw new MalformedInput("it is larger than " + (MAX_BYTES >> 20) + " MiB");
            }
            return all;
        }
    }

    /// Another text whenever the file is another one. Never fails.
    static String stamp(Path file) {
        try {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            return a.fileKey() + "/" + a.size() + "@" + a.lastModifiedTime();
        } catch (NoSuchFileException e) {
            return ABSENT;
        } catch (IOException e) {
            return "unreadable: " + e.getMessage();
        }
    }

    /// What counts now; empty before the first that can be used.
    public synchronized Optional<Registries> registries() {
        return registries;
    }
}
