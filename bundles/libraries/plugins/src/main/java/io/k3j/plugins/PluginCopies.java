package io.k3j.plugins;

import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.Signatures;
import io.k3j.featuremodel.StateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The copies of plug-ins that are installed, in `<data-dir>/bundles/plugins`: of each the whole file, and of an
/// archive its jars as well. One thread writes.
///
/// @param memory which of them ran
/// @param signatures hears which jars came in an archive that was verified
record PluginCopies(Path dataDir, StateFiles disk, PluginMemory memory, Signatures signatures) {
    /// Beside those of swapped bundles, and with checksums in their names as these.
    private static final String DIRECTORY = "bundles/plugins";

    /// Where a copy lies, whether it is there or not.
    ///
    /// @param name one of [Plugin#copies]
    Path path(String name) {
        return dataDir.resolve(DIRECTORY).resolve(name);
    }

    /// Keeps copies of what was read and verified. Jars of an archive need not be signed themselves from now on.
    /// @throws FeatureProblem when the disk does not take them
    void keep(PluginReader.Found found) {
        found.copies().forEach((name, bytes) -> disk.copy(bytes, path(name)));
        Plugin plugin = found.plugin();
        if (!found.signer().isEmpty()) {
            plugin.parts().stream().filter(part -> !part.bundle().choice().equals(plugin.kept()))
                    .forEach(part -> signatures.vouch(part.bundle().digest(), found.signer()));
        }
    }

    /// Deletes the copies of a plug-in, but for those that another one has as well. Jars that only it has brought count
    /// as signed by nobody from now on.
    ///
    /// @param other null when there is none
    void drop(Plugin plugin, @Nullable Plugin other) {
        Set<String> names = new HashSet<>(plugin.copies());
        if (other != null) {
            names.removeAll(other.copies());
        }
        names.forEach(name -> disk.delete(path(name)));
        plugin.parts().stream().filter(part -> names.contains(part.bundle().choice()))
                .forEach(part -> signatures.forget(part.bundle().digest()));
    }

    /// Whether nobody who is trusted now has signed a plug-in that runs. Its jars do not count any more then.
    boolean distrusted(Plugin plugin) {
        boolean distrusted = signatures.distrusts(path(plugin.kept()));
        if (distrusted) {
            plugin.parts().forEach(part -> signatures.forget(part.bundle().digest()));
        }
        return distrusted;
    }

    /// Deletes the copies of what neither runs nor has still to clean up.
    ///
    /// @param running those that are plugged in
    /// @throws FeatureProblem when the directory cannot be read
    void tidy(Collection<Plugin> running) {
        Set<String> used = new HashSet<>(Map.copyOf(memory.kept()).values());
        running.forEach(plugin -> used.addAll(plugin.copies()));
        if (!Files.isDirectory(dataDir.resolve(DIRECTORY))) {
            return;
        }
        try (Stream<Path> all = Files.list(dataDir.resolve(DIRECTORY))) {
            all.filter(file -> !used.contains(file.getFileName().toString())).toList().forEach(disk::delete);
        } catch (IOException e) {
            throw new FeatureProblem("cannot tidy " + dataDir.resolve(DIRECTORY) + ": " + e.getMessage(), e);
        }
    }
}
