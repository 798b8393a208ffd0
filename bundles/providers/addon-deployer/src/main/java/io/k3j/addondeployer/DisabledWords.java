package io.k3j.addondeployer;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;

/// The words of `--disable`, as they name files: `NAME.yaml` anywhere below the directory, and everything in a
/// subdirectory `NAME` (or `NAME/SUB`), be it a manifest or not. K3s' rules.
record DisabledWords(Set<String> words) {
    private static final Set<String> SUFFIXES = Set.of(".yaml", ".yml", ".json");

    /// Copies the words.
    static DisabledWords of(Collection<String> words) {
        return new DisabledWords(Set.copyOf(words));
    }

    /// Whether a file is named by a word.
    ///
    /// @param relative its path below the directory
    boolean name(Path relative) {
        for (int i = 1; i < relative.getNameCount(); i++) {
            if (words.contains(relative.subpath(0, i).toString())) {
                return true;
            }
        }
        String file = relative.getFileName().toString();
        return manifest(file) && words.contains(file.substring(0, file.lastIndexOf('.')));
    }

    /// Whether a file is a manifest by its name, which hidden ones are not.
    static boolean manifest(String file) {
        int dot = file.lastIndexOf('.');
        return dot > 0 && SUFFIXES.contains(file.substring(dot).toLowerCase(Locale.ROOT));
    }
}
