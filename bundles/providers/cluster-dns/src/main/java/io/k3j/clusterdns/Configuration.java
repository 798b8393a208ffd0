package io.k3j.clusterdns;

import io.k3j.corefile.ConfigFiles;
import io.k3j.corefile.Corefile;
import io.k3j.corefile.Corefile.Block;
import io.k3j.corefile.Corefile.Directive;
import io.k3j.corefile.CorefileProblem;
import io.k3j.corefile.CorefileTokens.Token;
import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DomainNames;
import io.k3j.dnsplugins.Cache;
import io.k3j.dnsplugins.Forward;
import io.k3j.dnsplugins.Handler;
import io.k3j.dnsplugins.LoopCheck;
import io.k3j.dnsplugins.Zones;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a Corefile means: for each port the zones and the chains that answer them. Immutable but for what its plug-ins
/// count and remember.
///
/// @param ports port to the zones served there
/// @param pages address to the paths served there over HTTP
/// @param verifiesPods whether pods have to be followed
record Configuration(Map<Integer, Map<String, ServedZone>> ports, List<Forward> forwards, List<Loop> loops,
        List<Cache> caches, List<BlockMetrics> metrics, Map<String, Set<String>> pages, Set<String> plugins,
        boolean verifiesPods) {
    static final String PATH = ConfigFiles.DIRECTORY + "Corefile";
    private static final int PORT = 53;
    /// Each port has sockets of its own.
    private static final int MOST_PORTS = 16;
    private static final int MOST_ZONES = 4096;

    /// A zone with the chain that answers it.
    record ServedZone(String zone, Handler chain, @Nullable BlockMetrics metrics) {
    }

    /// A check for loops of the resolvers of its server block.
    record Loop(LoopCheck check, List<Forward> forwards, String zone) {
    }

    /// Nobody is served.
    static Configuration none() {
        return new Configuration(Map.of(), List.of(), List.of(), List.of(), List.of(), Map.of(), Set.of(), false);
    }

    /// Reads a Corefile with all it imports.
    /// @throws CorefileProblem saying where and why
    static Configuration of(ConfigFiles files, PluginContext around) {
        List<Block> blocks = Corefile.parse(PATH, files, around.environment());
        unknownPlugins(blocks);
        Configuration all = new Configuration(new TreeMap<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>(),
                new ArrayList<>(), new TreeMap<>(), new TreeSet<>(), false);
        boolean verifies = false;
        for (Block block : blocks) {
            verifies |= all.add(block, files, around);
        }
        return new Configuration(all.ports, all.forwards, all.loops, all.caches, all.metrics, all.pages, all.plugins,
                verifies);
    }

    private static void unknownPlugins(List<Block> blocks) {
        List<Token> unknown = blocks.stream().flatMap(b -> b.directives().stream()).map(Directive::name)
                .filter(n -> !Plugins.names().contains(n.text())).toList();
        if (!unknown.isEmpty()) {
            Token first = unknown.getFirst();
            throw CorefileProblem.unknown(first.file(), first.line(), "plug-in "
                    + String.join(", ", unknown.stream().map(Token::text).distinct().toList())
                    + " is not there; there are " + String.join(", ", Plugins.names()));
        }
    }

    /// @return whether it follows pods
    private boolean add(Block block, ConfigFiles files, PluginContext around) {
        Map<Integer, List<String>> keys = new TreeMap<>();
        block.keys().forEach(k -> key(k, keys));
        Map<String, List<Directive>> byName = new HashMap<>();
        block.directives().forEach(d -> byName.computeIfAbsent(d.name().text(), n -> new ArrayList<>()).add(d));
        plugins.addAll(byName.keySet());
        List<String> written = keys.values().stream().flatMap(List::stream).distinct().toList();
        BlockScope scope = new BlockScope(new Zones(written), files, around,
                "dns://:" + keys.keySet().iterator().next());
        Handler chain = chain(byName, scope);
        BlockMetrics counted = scope.metrics.isEmpty() ? null : scope.metrics.getFirst();
        keys.forEach((port, zones) -> zones.forEach(zone -> {
            ServedZone served = new ServedZone(zone, chain, counted);
            if (ports.computeIfAbsent(port, p -> new HashMap<>()).putIfAbsent(zone, served) != null) {
                Token k = block.keys().getFirst();
                throw CorefileProblem.invalid(k.file(), k.line(),
                        "cannot serve dns://" + zone + ".:" + port + ": it is already defined");
            }
        }));
        forwards.addAll(scope.forwards);
        scope.loops.forEach(l -> loops.add(new Loop(l, List.copyOf(scope.forwards), scope.zones().label())));
        caches.addAll(scope.caches);
        metrics.addAll(scope.metrics);
        scope.pages.forEach((a, paths) -> pages.computeIfAbsent(a, x -> new TreeSet<>()).addAll(paths));
        return scope.verifiesPods;
    }

    private static Handler chain(Map<String, List<Directive>> byName, BlockScope scope) {
        Handler chain = ask -> DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, "", "no plug-in answers");
        for (String name : Plugins.names().reversed()) {
            List<Directive> directives = byName.getOrDefault(name, List.of());
            if (!directives.isEmpty()) {
                chain = plug(name, directives, scope, chain);
            }
        }
        return chain;
    }

    private static Handler plug(String name, List<Directive> directives, BlockScope scope, Handler next) {
        Directive first = directives.getFirst();
        try {
            return Plugins.setup(name).plug(directives, scope, next);
        } catch (IllegalArgumentException e) {
            throw first.invalid(String.valueOf(e.getMessage()));
        } catch (UnsupportedOperationException e) {
            throw CorefileProblem.unknown(first.name().file(), first.name().line(), "option " + e.getMessage()
                    + " is not there; take it out (docs/dns.md lists the others)");
        }
    }

    /// A zone with its port: `.:53`, `example.org`, `10.0.0.0/24`, `dns://example.org:1053`.
    private void key(Token token, Map<Integer, List<String>> keys) {
        String text = token.text();
        if (text.contains("://") && !text.startsWith("dns://")) {
            throw CorefileProblem.unknown(token.file(), token.line(), "option " + text.substring(0, text.indexOf("://"))
                    + ":// of server blocks is not there; dns:// is");
        }
        text = text.startsWith("dns://") ? text.substring("dns://".length()) : text;
        try {
            int colon = text.lastIndexOf(':');
            boolean hasPort = colon >= 0 && colon > text.indexOf('/');
            int port = hasPort ? Integer.parseInt(text.substring(colon + 1)) : PORT;
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("no port: " + port);
            }
            keys.computeIfAbsent(port, p -> new ArrayList<>())
                    .addAll(Zones.of(List.of(hasPort ? text.substring(0, colon) : text)).names());
            if (ports.size() + keys.size() > MOST_PORTS
                    || keys.values().stream().mapToInt(List::size).sum() > MOST_ZONES) {
                throw new IllegalArgumentException("more than " + MOST_PORTS + " ports or " + MOST_ZONES + " zones");
            }
        } catch (IllegalArgumentException e) {
            throw CorefileProblem.invalid(token.file(), token.line(), "no zone with a port: " + token.text() + ": "
                    + e.getMessage());
        }
    }

    /// The zone of a port that a name is in, the longest one.
    Optional<ServedZone> find(int port, String name) {
        Map<String, ServedZone> zones = ports.getOrDefault(port, Map.of());
        for (int from = 0; from <= name.length(); from = DomainNames.labelEnd(name, from) + 1) {
            ServedZone zone = zones.get(name.substring(from));
            if (zone != null) {
                return Optional.of(zone);
            }
        }
        return Optional.ofNullable(zones.get(""));
    }
}
