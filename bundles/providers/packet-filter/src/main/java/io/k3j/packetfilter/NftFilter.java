package io.k3j.packetfilter;

import io.k3j.childprocess.Command;
import io.k3j.componentapi.Health;
import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The packet filter by the programs `nft` and `conntrack`.
final class NftFilter implements PacketFilter, AutoCloseable {
    private static final Set<String> SORTS = Set.of("chain", "set", "map", "counter");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private final Command command;
    private final RulesetEvents events;
    private final TrackedFlows flows;

    /// @param health where the thread reports that hears of changes
    NftFilter(Health health) {
        this(new Command(LIMIT), health);
    }

    /// @param health where the thread reports that hears of changes
    NftFilter(Command command, Health health) {
        this.command = command;
        this.events = new RulesetEvents(health);
        this.flows = new TrackedFlows(this::run, OwnAddresses::now);
    }

    @Override
    public void apply(String script) {
        events.own(() -> {
            Command.Outcome outcome = run(List.of("nft", "-f", "-"), script);
            if (outcome.code() != 0) {
                throw new FilterRefused(
                        "nft: " + outcome.complaint().lines().findFirst().orElse("code " + outcome.code()));
            }
        });
    }

    @Override
    public AutoCloseable onForeignChange(Runnable changed) {
        return events.listen(changed);
    }

    @Override
    public void close() {
        events.close();
    }

    @Override
    public Set<String> objects(String family, String table) {
        Command.Outcome outcome = run(List.of("nft", "-s", "-t", "list", "table", family, table), "");
        return outcome.code() == 0 ? objects(outcome.output()) : Set.of();
    }

    @Override
    public Map<String, Long> counters(String family, String table) {
        Command.Outcome outcome = run(List.of("nft", "list", "counters", "table", family, table), "");
        return outcome.code() == 0 ? counters(outcome.output()) : Map.of();
    }

    /// The counters in a listing of `nft`: a line with the name, then one as `packets 7 bytes 420`.
    static Map<String, Long> counters(String listing) {
        Map<String, Long> found = new HashMap<>();
        String name = "";
        for (String line : listing.lines().map(String::strip).toList()) {
            String[] words = line.split(" ");
            if (words.length == 3 && words[0].equals("counter")) {
                name = words[1];
            } else if (words.length == 4 && words[0].equals("packets")) {
                found.put(name, Long.parseLong(words[1]));
            }
        }
        return found;
    }

    /// The objects in a listing of `nft`. In a chain each line is a rule but for the one of its hook and its end.
    static Set<String> objects(String listing) {
        Set<String> found = new HashSet<>();
        boolean chain = false;
        int rules = 0;
        for (String line : listing.lines().map(String::strip).toList()) {
            String[] words = line.split(" ");
            if (words.length == 3 && words[2].equals("{") && SORTS.contains(words[0])) {
                found.add(words[0] + " " + words[1]);
                chain = words[0].equals("chain");
            } else if (line.equals("}")) {
                chain = false;
            } else if (chain && !line.isEmpty() && !line.startsWith("type ")) {
                rules++;
            }
        }
        found.add("rules " + rules);
        return found;
    }

    /// @throws UncheckedIOException when the program is not installed
    Command.Outcome run(List<String> line, String input) {
        try {
            return command.run(line, input);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + line.getFirst() + "; is the package nftables installed?", e);
        }
    }

    @Override
    public void forgetFlows(String address, int port) {
        flows.forget(address, port);
    }

    @Override
    public Optional<Set<UdpFlow>> udpFlows(boolean ipv6) {
        return flows.list(ipv6);
    }

    @Override
    public boolean forgetFlows(Collection<UdpFlow> some) {
        return flows.forget(some);
    }
}
