package io.k3j.kubeletconfig;

import io.k3j.apimachinery.MergePatch;
import io.k3j.codec.Yaml;
import io.k3j.durablefiles.DurableFiles;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// `agent/etc/kubelet.conf.d` of the data directory, K3s' directory of the kubelet's drop-ins:
///
/// ```
/// 00-k3s-defaults.conf    written at each start
/// 10-cli-config.conf      a copy of the file of --kubelet-arg=config
/// 20-cli-config-dir/      copies of what is in the directory of --kubelet-arg=config-dir
/// …                       whatever users put there
/// ```
///
/// Copies stay when the argument has gone, as K3s'. A file or directory that lies within is not copied.
public final class KubeletConfigDirectory {
    /// The name of K3s' own file.
    public static final Path DEFAULTS = Path.of("00-k3s-defaults.conf");
    private static final Path FILE = Path.of("10-cli-config.conf");
    private static final Path FOLDER = Path.of("20-cli-config-dir");
    private static final String SUFFIX = ".conf";
    /// How many levels of directories are looked into.
    private static final int MOST_LEVELS = 16;
    /// How many drop-ins there may be.
    private static final int MOST_FILES = 1000;
    /// Names of one directory in order, what is in a directory at the place of its name: as Go's `WalkDir` goes.
    private static final Comparator<Path> WALK = (a, b) -> {
        int shared = Math.min(a.getNameCount(), b.getNameCount());
        for (int i = 0; i < shared; i++) {
            int order = a.getName(i).toString().compareTo(b.getName(i).toString());
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.getNameCount(), b.getNameCount());
    };
    private final Path directory;
    private final String config;
    private final String configDir;

    private KubeletConfigDirectory(Path directory, String config, String configDir) {
        this.directory = directory;
        this.config = config;
        this.configDir = configDir;
    }

    /// @param arguments all values of `--kubelet-arg`, without dashes; of these `config` and `config-dir` are taken
    public static KubeletConfigDirectory of(Path dataDir, Collection<String> arguments) {
        return new KubeletConfigDirectory(dataDir.resolve("agent/etc/kubelet.conf.d"), last("config=", arguments),
                last("config-dir=", arguments));
    }

    private static String last(String name, Collection<String> arguments) {
        return arguments.stream().filter(a -> a.startsWith(name)).map(a -> a.substring(name.length()))
                .reduce("", (a, b) -> b);
    }

    /// What the next start would have in the directory, by where it would lie, in the order of merging.
    ///
    /// @throws IOException naming what cannot be listed; also for more than 1000 files
    SortedMap<Path, Path> files() throws IOException {
        SortedMap<Path, Path> all = new TreeMap<>(WALK);
        if (Files.isDirectory(directory)) {
            all.putAll(below(directory, Path.of("")));
        }
        all.putAll(given());
        all.put(DEFAULTS, directory.resolve(DEFAULTS));
        return all;
    }

    private Map<Path, Path> given() throws IOException {
        SortedMap<Path, Path> all = new TreeMap<>(WALK);
        if (!config.isEmpty() && !config.startsWith(directory.toString())) {
            all.put(FILE, Path.of(config));
        }
        if (!configDir.isEmpty() && !configDir.startsWith(directory.toString())) {
            all.putAll(below(Path.of(configDir), FOLDER));
        }
        return all;
    }

    private static Map<Path, Path> below(Path from, Path to) throws IOException {
        SortedMap<Path, Path> all = new TreeMap<>(WALK);
        try (Stream<Path> files = Files.walk(from, MOST_LEVELS)) {
            files.filter(f -> f.toString().endsWith(SUFFIX) && Files.isRegularFile(f)).limit(MOST_FILES + 1L)
                    .forEach(f -> all.put(to.resolve(from.relativize(f)).normalize(), f));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        if (all.size() > MOST_FILES) {
            throw new IOException(from + " has more than " + MOST_FILES + " drop-ins");
        }
        return all;
    }

    /// Writes K3s' defaults and copies what the arguments name. What is there already is not written again.
    ///
    /// @throws IOException when the disk does not take it, or a file to be copied has gone
    public void write(KubeletDefaults defaults) throws IOException {
        DurableFiles.directories(directory, "rwx------");
        Struct known = MergePatch.apply(Struct.EMPTY, defaults.object());
        put(DEFAULTS, Yaml.text(known).getBytes(StandardCharsets.UTF_8));
        for (Map.Entry<Path, Path> copy : given().entrySet()) {
            put(copy.getKey(), Files.readAllBytes(copy.getValue()));
        }
    }

    private void put(Path name, byte[] content) throws IOException {
        Path file = directory.resolve(name);
        if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), content)) {
            return;
        }
        if (file.getParent() instanceof Path folder && !Files.isDirectory(folder)) {
            DurableFiles.directories(folder, "rwx------");
        }
        DurableFiles.write(file, content, "rw-------");
    }

    /// For messages.
    Path directory() {
        return directory;
    }
}
