package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DnsMessageReader;
import io.k3j.dnsmessage.DnsQuery;
import io.k3j.dnsmessage.DomainNames;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/// CoreDNS' plug-in `forward` (<https://coredns.io/plugins/forward/>): asks resolvers outside. A truncated response
/// over UDP is fetched over TCP. How many ask at once is bounded for all and for each client, so that one cannot keep
/// out the others; names of the cluster never wait for it.
///
/// After five seconds no further resolver is begun with, whatever their number. One that has failed `max_fails` times
/// in a row is left out until [#check] has a response from it; while all are, one of them is asked nevertheless.
/// Connections are not kept: each query has a socket of its own, hence a port that cannot be guessed.
public final class Forward implements Handler {
    /// As Corefiles and [DnsAnswer#from] name it.
    public static final String NAME = "forward";
    private static final int ROUNDS = 3;
    private static final long DEADLINE_NANOS = 5_000_000_000L;
    private final Reach reach;
    private final Upstreams upstreams;
    private final Settings settings;
    private final ClientShares shares;
    private final RandomGenerator random;
    private final Handler next;
    private final AtomicInteger asking = new AtomicInteger();
    private final AtomicInteger turn = new AtomicInteger();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder broken = new LongAdder();
    private volatile boolean looping;

    /// The options of the plug-in.
    ///
    /// @param policy `random`, `round_robin` or `sequential`
    /// @param maxConcurrent 0 for our own bounds only
    /// @param maxFails 0 for no health checks
    /// @param readMillis how long one resolver is waited for
    /// @param failfast SERVFAIL when none is healthy, instead of asking one of them
    /// @param failover response codes after which the next resolver is asked
    /// @param onward response codes after which the next `forward` of the chain is asked
    /// @param onNodata whether it is also asked after an answer without a record
    public record Settings(String policy, int maxConcurrent, int maxFails, int readMillis, boolean forceTcp,
            boolean preferUdp, boolean failfast, Set<Integer> failover, Set<Integer> onward, boolean onNodata) {
        /// CoreDNS' own.
        public static final Settings PLAIN = new Settings("random", 0, 2, 2000, false, false, false, Set.of(), Set.of(),
                false);

        boolean onward(DnsAnswer answer) {
            return answer.why().isEmpty() && (onward.contains(answer.code())
                    || onNodata && answer.code() == DnsAnswer.OK && answer.records().isEmpty());
        }
    }

    /// What every `forward` of a server has in common.
    ///
    /// @param shares kept over a change of the configuration, so that it frees nobody from its bound
    /// @param random for ids and for the order, cannot be guessed
    public record Shared(ClientShares shares, RandomGenerator random) {
    }

    /// Which names are forwarded.
    /// @param from names below these
    /// @param except but not those below these
    public record Reach(Zones from, Zones except) {
        /// Whether a name is forwarded; the next link is asked for all others.
        boolean holds(String name) {
            return from.hold(name) && !except.hold(name);
        }
    }

    /// @param reach which names
    /// @param upstreams whom
    /// @param settings how
    /// @param shared with every other `forward` of the server
    public Forward(Reach reach, Upstreams upstreams, Settings settings, Shared shared, Handler next) {
        this.reach = reach;
        this.upstreams = upstreams;
        this.settings = settings;
        this.shares = shared.shares();
        this.random = shared.random();
        this.next = next;
    }

    /// Nothing is forwarded any more: queries came back.
    public void looping() {
        looping = true;
    }

    /// How many questions were refused because too many were under way.
    public long rejected() {
        return rejected.sum();
    }

    /// How often no resolver was healthy.
    public long broken() {
        return broken.sum();
    }

    /// Whom it asks.
    public Upstreams upstreams() {
        return upstreams;
    }

    /// How it asks.
    Settings settings() {
        return settings;
    }

    @Override
    public DnsAnswer answer(Ask ask) {
        if (!reach.holds(ask.name())) {
            return next.answer(ask);
        }
        if (looping) {
            return DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, NAME, "forwarding stopped: a loop was found");
        }
        if (!ask.patient()) {
            return DnsAnswer.LATER;
        }
        if (settings.maxConcurrent() > 0 && asking.get() >= settings.maxConcurrent()) {
            rejected.increment();
            return DnsAnswer.coded(DnsAnswer.REFUSED, NAME, "max_concurrent " + settings.maxConcurrent() + " reached");
        }
        if (!shares.take(ask.client().getAddress())) {
            rejected.increment();
            return DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, "", "too many forwarded queries at once");
        }
        asking.incrementAndGet();
        DnsAnswer answer;
        try {
            answer = forwarded(ask);
        } finally {
            asking.decrementAndGet();
            shares.release(ask.client().getAddress());
        }
        return next instanceof Forward && settings.onward(answer) ? next.answer(ask) : answer;
    }

    /// Asks resolvers in turn until one answers with a code that is not among those of `failover`; all of them again
    /// where none has answered, since a datagram may be lost.
    private DnsAnswer forwarded(Ask ask) {
        long until = System.nanoTime() + DEADLINE_NANOS;
        DnsQuery asked = outgoing(ask);
        boolean tcp = settings.forceTcp() || ask.tcp() && !settings.preferUdp();
        DnsAnswer last = DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, NAME,
                "no resolver: see nameserver in /etc/resolv.conf");
        boolean answered = false;
        for (int round = 0; round < ROUNDS && !answered; round++) {
            for (Upstream upstream : order()) {
                long left = (until - System.nanoTime()) / 1_000_000L;
                if (left <= 0) {
                    return last;
                }
                Attempt attempt = attempt(upstream, asked, tcp, (int) Math.min(left, settings.readMillis()));
                last = attempt.answer();
                answered |= attempt.reached();
                if (attempt.reached() && !settings.failover().contains(last.code())) {
                    return last;
                }
            }
        }
        return last;
    }

    /// @param reached whether the resolver answered at all
    private record Attempt(DnsAnswer answer, boolean reached) {
    }

    /// One resolver; over TCP once more when its UDP response was cut.
    private Attempt attempt(Upstream upstream, DnsQuery asked, boolean tcp, int millis) {
        byte[] query = asked.wire().clone();
        int id = random.nextInt(0x1_0000);
        query[0] = (byte) (id >> 8);
        query[1] = (byte) id;
        long begun = System.nanoTime();
        try {
            byte[] response = upstream.ask(query, asked, tcp, millis);
            if (!tcp && DnsMessageReader.truncated(response)) {
                response = upstream.ask(query, asked, true, millis);
            }
            return new Attempt(DnsMessageReader.read(response, NAME), true);
        } catch (IOException | IllegalArgumentException e) {
            return new Attempt(DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, NAME,
                    String.valueOf(e.getMessage())), false);
        } finally {
            upstream.took(System.nanoTime() - begun);
        }
    }

    /// The query for resolvers: the name as the client spelled it, RD, AD and CD as asked, DO and a size of our own.
    private static DnsQuery outgoing(Ask ask) {
        byte[] name = DomainNames.wire(ask.spelled());
        boolean edns = ask.query().edns();
        ByteBuffer b = ByteBuffer.allocate(DnsQuery.HEADER + name.length + 4 + (edns ? 11 : 0)).putShort((short) 0)
                .putShort((short) (ask.query().flags() & 0x0130)).putShort((short) 1).putInt(0)
                .putShort((short) (edns ? 1 : 0)).put(name).putShort((short) ask.type())
                .putShort((short) ResourceRecord.INTERNET);
        if (edns) {
            b.put((byte) 0).putShort((short) RecordType.OPT).putShort((short) DnsQuery.EDNS_UDP)
                    .putInt(ask.query().dnssec() ? 0x8000 : 0).putShort((short) 0);
        }
        return DnsQuery.read(b.array());
    }

    /// The healthy ones by the policy; when none is, one at random, since then the checks themselves may be wrong.
    private List<Upstream> order() {
        List<Upstream> all = upstreams.now();
        List<Upstream> healthy = new ArrayList<>(
                all.stream().filter(u -> u.healthy(settings.maxFails())).toList());
        if (healthy.isEmpty() && !all.isEmpty()) {
            broken.increment();
            return settings.failfast() ? List.of() : List.of(all.get(random.nextInt(all.size())));
        }
        switch (settings.policy()) {
            case "random" -> Collections.shuffle(healthy, Random.from(random));
            case "round_robin" -> Collections.rotate(healthy,
                    -Math.floorMod(turn.getAndIncrement(), Math.max(1, healthy.size())));
            default -> {
                // as written
            }
        }
        return healthy;
    }

    /// Asks each resolver that has failed for the root's servers; any response at all makes it healthy again. Blocks.
    public void check() {
        if (settings.maxFails() == 0) {
            return;
        }
        for (Upstream u : upstreams.now()) {
            if (u.failing()) {
                DnsQuery probe = DnsQuery.own("", RecordType.NS);
                byte[] wire = probe.wire().clone();
                wire[0] = (byte) random.nextInt(256);
                wire[1] = (byte) random.nextInt(256);
                try {
                    u.ask(wire, probe, settings.forceTcp(), settings.readMillis());
                } catch (IOException e) {
                    u.checkFailed();
                }
            }
        }
    }
}
