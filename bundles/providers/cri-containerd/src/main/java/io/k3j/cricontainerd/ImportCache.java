package io.k3j.cricontainerd;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.durablefiles.DurableFiles;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/// Which archives of a directory have been imported, in K3s' file `.cache.json`: an administrator who makes it has a
/// start import only those whose size or time has changed. Beside them stands what each has brought, which K3s does not
/// write down. See <https://docs.k3s.io/installation/airgap#enable-conditional-image-imports>. Confined to one thread.
final class ImportCache {
    private static final System.Logger LOG = System.getLogger("io.k3j.cricontainerd");
    private static final String SIZE = "size";
    private static final String TIME = "modTime";
    private static final String IMAGES = "images";
    private static final long MOST_BYTES = 16 << 20;
    private final Path file;
    private final Map<String, Struct> archives = new LinkedHashMap<>();
    private boolean changed;

    /// @param directory of the archives
    ImportCache(Path directory) {
        this.file = directory.resolve(".cache.json");
    }

    /// Whether there is one.
    boolean used() {
        return Files.isRegularFile(file);
    }

    /// Reads it. What cannot be read counts as nothing, so that all is imported.
    void read() {
        archives.clear();
        if (!used()) {
            return;
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("it is larger than " + MOST_BYTES + " bytes");
            }
            byte[] bytes = Files.readAllBytes(file);
            if (!new String(bytes, StandardCharsets.UTF_8).isBlank()) {
                Struct all = Json.object(bytes);
                all.names().forEach(name -> archives.put(name, all.struct(name)));
            }
        } catch (IOException | MalformedInput e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot read which archives were imported path={0} error={1}", file,
                    e.getMessage());
        }
    }

    /// The images that an archive has brought, names to digests; none when it has changed since or is not known.
    Map<String, String> images(Path archive) throws IOException {
        Struct known = archives.getOrDefault(archive.toString(), Struct.EMPTY);
        return used() && known.without(IMAGES).equals(stamp(archive)) ? known.struct(IMAGES).texts() : Map.of();
    }

    /// An archive has brought these.
    void imported(Path archive, Map<String, String> images) throws IOException {
        if (used()) {
            archives.put(archive.toString(), stamp(archive).with(IMAGES, Struct.copyOf(images)));
            changed = true;
        }
    }

    /// Archives that are gone.
    void forget(Predicate<Path> gone) {
        changed |= archives.keySet().removeIf(name -> gone.test(Path.of(name)));
    }

    /// Writes it when something has changed and it is still there.
    void write() {
        if (changed && used()) {
            try {
                DurableFiles.write(file, Json.bytes(Struct.copyOf(archives)), "rw-r--r--");
                changed = false;
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "Cannot write which archives were imported path={0} error={1}",
                        file, e.getMessage());
            }
        }
    }

    private static Struct stamp(Path archive) throws IOException {
        return Struct.of(SIZE, Files.size(archive), TIME,
                Files.getLastModifiedTime(archive).toInstant().truncatedTo(ChronoUnit.SECONDS).toString());
    }
}
