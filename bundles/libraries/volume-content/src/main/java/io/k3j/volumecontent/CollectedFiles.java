package io.k3j.volumecontent;

import io.k3j.kubeletvolumes.VolumeFiles.Content;
import io.k3j.kuberuntime.ConfigError;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The files of one volume while they are collected, and what they are made of. A source that a pod names a thousand
/// times is read once and held once, and neither what is held nor what the files show together exceeds
/// [#MAX_BYTES]: a pod of a few kilobytes could ask for gigabytes of this process' memory otherwise.
///
/// One thread.
final class CollectedFiles {
    /// For all of a volume. Each version of it lies in memory once more where it is a tmpfs.
    static final long MAX_BYTES = 64L << 20;
    private final Map<String, Content> files = new HashMap<>();
    private final Map<String, byte[]> texts = new HashMap<>();
    private final Map<String, Map<String, byte[]>> objects = new HashMap<>();
    private long held;
    private long shown;

    /// What a ConfigMap or Secret holds by key, read where it is not here yet. One that is missing is asked for again:
    /// only some sources may go without it.
    /// @param name its own among all objects
    /// @throws ConfigError when there is too much by now, or what reading throws
    Optional<Map<String, byte[]>> object(String name, Supplier<Optional<Map<String, byte[]>>> read) {
        Map<String, byte[]> known = objects.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Map<String, byte[]>> fresh = read.get();
        fresh.ifPresent(data -> {
            data.values().forEach(this::hold);
            objects.put(name, data);
        });
        return fresh;
    }

    /// The bytes of what the downward API shows, or of a token.
    /// @param name its own among all of them
    /// @throws ConfigError as [#object]
    byte[] text(String name, Supplier<byte[]> read) {
        byte[] known = texts.get(name);
        if (known != null) {
            return known;
        }
        byte[] fresh = read.get();
        hold(fresh);
        texts.put(name, fresh);
        return fresh;
    }

    private void hold(byte[] bytes) {
        held = within(held + bytes.length);
    }

    /// One file, in place of an earlier one at the same path.
    /// @throws ConfigError when there is too much by now
    void put(String path, Content file) {
        Content before = files.put(path, file);
        shown = within(shown + file.bytes().length - (before == null ? 0 : before.bytes().length));
    }

    private static long within(long bytes) {
        if (bytes > MAX_BYTES) {
            throw ConfigError.config("the content of the volume exceeds the limit of " + (MAX_BYTES >> 20) + " MiB");
        }
        return bytes;
    }

    /// All of them, by path.
    Map<String, Content> files() {
        return files;
    }
}
