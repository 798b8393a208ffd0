package io.k3j.clusterdns;

import io.k3j.corefile.ConfigFiles;
import io.k3j.dnsplugins.Cache;
import io.k3j.dnsplugins.Forward;
import io.k3j.dnsplugins.LoopCheck;
import io.k3j.dnsplugins.Zones;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The server block that is being set up: what its plug-ins read, and what they leave behind besides their links of
/// the chain. For one thread.
final class BlockScope {
    private final Zones zones;
    private final ConfigFiles files;
    private final PluginContext around;
    private final String server;
    final List<Forward> forwards = new ArrayList<>();
    final List<LoopCheck> loops = new ArrayList<>();
    final List<Cache> caches = new ArrayList<>();
    final List<BlockMetrics> metrics = new ArrayList<>();
    final Map<String, Set<String>> pages = new TreeMap<>();
    boolean verifiesPods;

    /// @param server as metrics name it, as `dns://:53`
    BlockScope(Zones zones, ConfigFiles files, PluginContext around, String server) {
        this.zones = zones;
        this.files = files;
        this.around = around;
        this.server = server;
    }

    Zones zones() {
        return zones;
    }

    ConfigFiles files() {
        return files;
    }

    PluginContext around() {
        return around;
    }

    String server() {
        return server;
    }

    /// Offers a page over HTTP at an address, as `:9153`.
    void page(String address, String path) {
        pages.computeIfAbsent(address, a -> new TreeSet<>()).add(path);
    }
}
