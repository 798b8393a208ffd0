package io.k3j.packetfilter;

import io.k3j.childprocess.Command;
import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// The packet filter by way of `nft` and `conntrack`.
final class NftFilter implements PacketFilter {
    private static final System.Logger LOG = System.getLogger("io.k3j.packetfilter");
    private static final Set<String> ANY = Set.of("0.0.0.0", "::");
    private static final Set<String> SORTS = Set.of("chain", "set", "map");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private final Command command;
    private final ReentrantLock one = new ReentrantLock();

    NftFilter() {
        this(new Command(LIMIT));
    }

    NftFilter(Command command) {
        this.command = command;
    }

    @Override
    public void apply(String script) {
        one.lock();
        try {
            Command.Outcome outcome = run(List.of("nft", "-f", "-"), script);
            if (outcome.code() != 0) {
                throw new FilterRefused(
                        "nft: " + outcome.complaint().lines().findFirst().orElse("code " + outcome.code()));
            }
        } finally {
            one.unlock();
        }
    }

    @Override
    public Set<String> objects(String family, String table) {
        Command.Outcome outcome = run(List.of("nft", "-t", "list", "table", family, table), "");
        return outcome.code() == 0 ? objects(outcome.output()) : Set.of();
    }

    /// The objects in a listing of nft.
    static Set<String> objects(String listing) {
        Set<String> found = new HashSet<>();
        listing.lines().map(String::strip).forEach(line -> {
            String[] words = line.split(" ");
            if (words.length == 3 && words[2].equals("{") && SORTS.contains(words[0])) {
                found.add(words[0] + " " + words[1]);
            }
        });
        return found;
    }

    /// @throws UncheckedIOException when there is no such program
    Command.Outcome run(List<String> line, String input) {
        try {
            return command.run(line, input);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + line.getFirst() + "; is the package nftables installed?", e);
        }
    }

    @Override
    public void forgetFlows(String address, int port) {
        Command.Outcome outcome = run(conntrack(address, port), "");
        LOG.log(System.Logger.Level.DEBUG, "conntrack -D {0}:{1}: code {2}", address, port, outcome.code());
    }

    /// The command that forgets flows.
    static List<String> conntrack(String address, int port) {
        List<String> line = new ArrayList<>(List.of("conntrack", "-D", "-f",
                address.indexOf(':') >= 0 ? "ipv6" : "ipv4", "-p", "udp", "--orig-port-dst", Integer.toString(port)));
        if (!ANY.contains(address)) {
            line.addAll(List.of("--orig-dst", address));
        }
        return line;
    }
}
