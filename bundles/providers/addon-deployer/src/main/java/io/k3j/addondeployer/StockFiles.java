package io.k3j.addondeployer;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/// The packaged manifests of stock K3s that lie in a data directory it has left, and whose work is done within the
/// process here. They are passed over: K3s' roles would take the place of ours. They are nobody's own, since K3s writes
/// them anew at each start; whoever wants to be rid of what they deployed uses `--disable`.
///
/// @param names of files without their suffix, and of subdirectories
record StockFiles(Set<String> names) {
    private static final Set<String> STOCK = Set.of("ccm", "rolebindings", "coredns", "local-storage",
            "metrics-server");

    /// All but those that this distribution packages itself.
    static StockFiles without(Collection<String> packaged) {
        return new StockFiles(STOCK.stream().filter(name -> !packaged.contains(name))
                .collect(Collectors.toUnmodifiableSet()));
    }

    /// Whether a file is one of them.
    ///
    /// @param relative its path below the directory
    boolean name(Path relative) {
        String first = relative.getName(0).toString();
        return names.contains(relative.getNameCount() == 1 ? first.split("\\.", 2)[0] : first);
    }
}
