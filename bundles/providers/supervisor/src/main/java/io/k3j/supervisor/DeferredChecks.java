package io.k3j.supervisor;

import io.k3j.clientapi.ApiFault;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;

/// Passwords that nodes have presented while the API was away, until they are checked: one after the other, in the
/// order in which they came, on a virtual thread that is there while the API is and something waits. What fails for
/// want of the API is checked again; what the API takes for no node's name is not.
///
/// Names that nothing but a token speaks for are bounded, for each address and each IPv6 prefix as well: whoever
/// invents names pushes out no check that waits already, and leaves room for others. Thread-safe; no call blocks.
final class DeferredChecks {
    /// Bound of the names that are claimed by a token.
    static final int MOST_CLAIMS = 1000;
    /// Bound of those from one address, which may be a load balancer's.
    static final int MOST_CLAIMS_OF_ONE = 100;
    /// Bound of those from one IPv6 prefix of 64 bits, of which a single machine may have every address
    /// (RFC 4291, section 2.5.1).
    static final int MOST_CLAIMS_OF_PREFIX = 250;
    private static final int PREFIX_BYTES = 8;
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final long RETRY_SECONDS = 5;
    /// Answers of the API to a name that no Secret can have: another try would keep its place for ever.
    private static final Set<Integer> INVALID = Set.of(400, 422);

    private final BooleanSupplier reachable;
    private final BiPredicate<String, NodeSecrets.Presented> check;
    private final BiConsumer<String, Boolean> checked;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<Claim, Waiting> waiting = new LinkedHashMap<>();
    private boolean running;

    /// Two passwords for one name are both checked.
    private record Claim(String node, String password) {
        /// Omits the password, because records may end up in logs.
        @Override
        public String toString() {
            return node;
        }
    }

    /// @param from the address, empty for the node of this server
    /// @param prefix its first 64 bits, or the whole of one that is not IPv6
    private record Waiting(NodeSecrets.Presented presented, String from, String prefix) {
    }

    /// @param reachable whether the API is there; does not block
    /// @param check whether a password is that of a node; throws [ApiFault] when it cannot be known now
    /// @param checked told what `check` has found; what it throws is logged
    DeferredChecks(BooleanSupplier reachable, BiPredicate<String, NodeSecrets.Presented> check,
            BiConsumer<String, Boolean> checked) {
        this.reachable = reachable;
        this.check = check;
        this.checked = checked;
    }

    /// Keeps a password to be checked. Of one that waits already the time counts at which it came first.
    /// @param from the address of the client that claims the node's name by a token; empty for the node of this server
    /// @return false when the names that wait are too many
    synchronized boolean add(String node, NodeSecrets.Presented presented, String from) {
        Claim claim = new Claim(node, presented.password());
        Waiting there = waiting.get(claim);
        String prefix = prefix(from);
        if (there == null && !from.isEmpty() && full(from, prefix)) {
            return false;
        }
        if (there == null || presented.proof().isPresent() || from.isEmpty() && !there.from().isEmpty()) {
            waiting.put(claim, new Waiting(presented, from, prefix));
        }
        start();
        return true;
    }

    private boolean full(String from, String prefix) {
        int all = 0;
        int ofOne = 0;
        int ofPrefix = 0;
        for (Waiting one : waiting.values()) {
            all += one.from().isEmpty() ? 0 : 1;
            ofOne += one.from().equals(from) ? 1 : 0;
            ofPrefix += one.prefix().equals(prefix) ? 1 : 0;
        }
        return all >= MOST_CLAIMS || ofOne >= MOST_CLAIMS_OF_ONE || ofPrefix >= MOST_CLAIMS_OF_PREFIX;
    }

    private static String prefix(String from) {
        if (from.isEmpty()) {
            return from;
        }
        try {
            // without the zone, which names an interface
            int zone = from.indexOf('%');
            return InetAddress.ofLiteral(zone < 0 ? from : from.substring(0, zone)) instanceof Inet6Address address
                    ? HexFormat.of().formatHex(address.getAddress(), 0, PREFIX_BYTES)
                    : from;
        } catch (IllegalArgumentException noLiteral) {
            return from;
        }
    }

    /// Checks what waits, if the API is there. To be called when it comes.
    synchronized void start() {
        if (!running && wanted()) {
            running = true;
            Thread.ofVirtual().name("supervisor-node-passwords").start(this::run);
        }
    }

    private boolean wanted() {
        return closed.getCount() > 0 && !waiting.isEmpty() && reachable.getAsBoolean();
    }

    /// Ends after the check that goes on.
    void close() {
        closed.countDown();
    }

    private void run() {
        boolean ended = false;
        try {
            boolean failed;
            do {
                failed = false;
                for (Map.Entry<Claim, Waiting> one : snapshot()) {
                    failed |= !check(one);
                }
                ended = over();
            } while (!ended && !closed.await(failed ? RETRY_SECONDS : 0, TimeUnit.SECONDS));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            if (!ended) {
                release();
            }
        }
    }

    private synchronized List<Map.Entry<Claim, Waiting>> snapshot() {
        return waiting.entrySet().stream().map(Map.Entry::copyOf).toList();
    }

    /// Whether the thread that asks has nothing to do any more; then the next call of [#start] starts another one.
    private synchronized boolean over() {
        running = wanted();
        return !running;
    }

    private synchronized void release() {
        running = false;
    }

    /// Whether it need not be tried again.
    private boolean check(Map.Entry<Claim, Waiting> one) {
        if (closed.getCount() == 0) {
            return true;
        }
        String node = one.getKey().node();
        try {
            boolean matches = check.test(node, one.getValue().presented());
            remove(one);
            checked.accept(node, matches);
        } catch (ApiFault fault) {
            if (INVALID.contains(fault.code())) {
                remove(one);
                LOG.log(Level.WARNING, "Cannot check node password node=" + node + " error=" + fault.getMessage());
                return true;
            }
            LOG.log(Level.DEBUG, "Node password not checked yet node=" + node, fault);
            return false;
        } catch (RuntimeException unreadable) {
            // as a Secret with a hash of no known form, of which another try says the same
            remove(one);
            LOG.log(Level.WARNING, "Cannot check node password node=" + node, unreadable);
        }
        return true;
    }

    private synchronized void remove(Map.Entry<Claim, Waiting> one) {
        waiting.remove(one.getKey(), one.getValue());
    }
}
