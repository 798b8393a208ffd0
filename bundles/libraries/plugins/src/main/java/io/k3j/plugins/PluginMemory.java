package io.k3j.plugins;

import io.k3j.featuremodel.Section;
import io.k3j.featuremodel.StateFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.framework.Version;

/// The plug-ins that ran, across restarts. One thread.
///
/// | in `<data-dir>/bundles` | holds |
/// |---|---|
/// | `plugins.json` | symbolic names to versions: an older one does not take the place of a newer one |
/// | `plugged.json` | names in the plugin directory to those of the copies, which clean up when the file has gone |
final class PluginMemory {
    private final Path versionsFile;
    private final Path keptFile;
    private final StateFiles disk;
    private final Map<String, Version> versions = new TreeMap<>();
    private final Map<String, String> kept = new TreeMap<>();

    /// Reads what is remembered.
    /// @throws FeatureProblem naming the file, when it cannot be read
    PluginMemory(Path dataDir, StateFiles disk) {
        this.versionsFile = dataDir.resolve("bundles/plugins.json");
        this.keptFile = dataDir.resolve("bundles/plugged.json");
        this.disk = disk;
        if (Files.exists(versionsFile)) {
            Section section = new Section(versionsFile, "", Set.of());
            section.names().forEach(name -> versions.put(name, version(section, name)));
        }
        if (Files.exists(keptFile)) {
            Section section = new Section(keptFile, "", Set.of());
            section.names().forEach(file -> kept.put(file, name(section, file)));
        }
    }

    /// A version that cannot be read is damage: without it an older plug-in would pass for a newer one.
    private static Version version(Section section, String name) {
        try {
            return Version.parseVersion(section.text(name));
        } catch (IllegalArgumentException e) {
            throw section.problem(name + " has no version: " + e.getMessage());
        }
    }

    /// The file may have been written by hand: no name leads out of the directory of copies.
    private static String name(Section section, String file) {
        String name = section.text(file);
        if (name.indexOf('/') >= 0) {
            throw section.problem(file + " has a copy that is not in bundles/plugins: " + name);
        }
        return name;
    }

    /// The newest versions that ran, by symbolic name.
    Map<String, Version> versions() {
        return Map.copyOf(versions);
    }

    /// The names of files that were plugged in, and of their copies.
    Map<String, String> kept() {
        return new TreeMap<>(kept);
    }

    /// A plug-in runs.
    void ran(Plugin plugin) {
        boolean changed = false;
        for (Plugin.Part part : plugin.parts()) {
            changed |= !part.version().equals(versions.put(part.bundle().symbolicName(), part.version()));
        }
        if (changed) {
            saveVersions();
        }
        if (!plugin.kept().equals(kept.put(plugin.file(), plugin.kept()))) {
            disk.write(keptFile, kept);
        }
    }

    /// A plug-in has cleaned up after itself, or cannot.
    void forget(String file, Collection<String> symbolicNames) {
        if (versions.keySet().removeAll(symbolicNames)) {
            saveVersions();
        }
        if (kept.remove(file) != null) {
            disk.write(keptFile, kept);
        }
    }

    private void saveVersions() {
        Map<String, String> texts = new LinkedHashMap<>();
        versions.forEach((name, version) -> texts.put(name, version.toString()));
        disk.write(versionsFile, texts);
    }
}
