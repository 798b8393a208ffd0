package io.k3j.plugins;

import io.k3j.featuremodel.Handle;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The plug-ins that are plugged in, and the bundles of those that are on their way in or out. One thread changes it;
/// anyone may ask.
final class PluggedIn {
    private final Map<String, Plugin> byFile = new ConcurrentHashMap<>();
    /// By symbolic name, which the reader sees to it that no two plug-ins share.
    private final Map<String, Handle> handles = new ConcurrentHashMap<>();

    /// From now on its bundles are those of their names: before they are installed, since whoever installs asks by
    /// name.
    void expect(Plugin plugin) {
        plugin.handles().forEach(handle -> handles.put(handle.symbolicName(), handle));
    }

    /// One is plugged in, whose bundles are expected.
    void add(Plugin plugin) {
        byFile.put(plugin.file(), plugin);
    }

    /// One is out.
    void forget(Plugin plugin) {
        byFile.remove(plugin.file());
        plugin.handles().forEach(handle -> handles.remove(handle.symbolicName()));
    }

    /// The one of a file; null when none is.
    @Nullable
    Plugin of(String file) {
        return byFile.get(file);
    }

    /// All of them now, by file.
    Collection<Plugin> all() {
        return new TreeMap<>(byFile).values();
    }

    /// The bundle of a symbolic name; empty for a name that none has.
    Optional<Handle> handle(String symbolicName) {
        return Optional.ofNullable(handles.get(symbolicName));
    }
}
