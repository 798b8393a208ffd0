package io.k3j.features;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.framework.Version;

/// The plug-ins that ran, across restarts: `<data-dir>/bundles/plugins.json`, symbolic name to version. One thread.
final class PluginMemory {
    private final Path file;
    private final StateFiles disk;
    private final Map<String, Version> versions = new TreeMap<>();

    PluginMemory(Path dataDir, StateFiles disk) {
        this.file = dataDir.resolve("bundles/plugins.json");
        this.disk = disk;
        if (Files.exists(file)) {
            Section section = new Section(file, "", Set.of());
            section.names().forEach(name -> versions.put(name, version(section, name)));
        }
    }

    private static Version version(Section section, String name) {
        try {
            return Version.parseVersion(section.text(name));
        } catch (IllegalArgumentException e) {
            throw section.problem(name + " has no version: " + e.getMessage());
        }
    }

    Map<String, Version> versions() {
        return Map.copyOf(versions);
    }

    void ran(String symbolicName, Version version) {
        if (!version.equals(versions.put(symbolicName, version))) {
            save();
        }
    }

    void forget(String symbolicName) {
        if (versions.remove(symbolicName) != null) {
            save();
        }
    }

    private void save() {
        Map<String, String> texts = new LinkedHashMap<>();
        versions.forEach((name, version) -> texts.put(name, version.toString()));
        disk.write(file, texts);
    }
}
