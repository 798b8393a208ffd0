package io.k3j.clusterdns;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsplugins.Ask;
import io.k3j.dnsplugins.Handler;
import io.k3j.metricstext.Histogram;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// What one server block with `prometheus` counts, as the outermost link of its chain; shown by [MetricsPage]. Counting
/// makes no objects.
final class BlockMetrics implements Handler {
    /// The types with a label of their own, as in CoreDNS; all others are `other`.
    static final List<Integer> TYPES = List.of(RecordType.A, RecordType.AAAA, RecordType.MX, RecordType.SOA,
            RecordType.CNAME, RecordType.PTR, RecordType.TXT,
            RecordType.NS, RecordType.SRV, 43, 48, 46, 47, 50, 65, RecordType.IXFR, RecordType.AXFR, RecordType.ANY);
    private static final double[] SECONDS = Histogram.doubling(0.00025, 16);
    private static final double[] BYTES = {0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16e3, 32e3, 48e3, 64e3};
    private static final long WHOLE = 1_000_000_000L;
    private static final int KINDS = 4;
    private final Handler next;
    final String server;
    final String zone;
    final LongAdder[][] requests = new LongAdder[KINDS][TYPES.size() + 1];
    final Histogram[] seconds = new Histogram[TYPES.size() + 1];
    final Histogram[] requestBytes = {new Histogram(BYTES), new Histogram(BYTES)};
    final Histogram[] responseBytes = {new Histogram(BYTES), new Histogram(BYTES)};
    final LongAdder dnssec = new LongAdder();
    final Map<Integer, Map<String, LongAdder>> responses = new ConcurrentHashMap<>();

    /// @param server as `dns://:53`
    /// @param zone as `cluster.local.`
    BlockMetrics(String server, String zone, Handler next) {
        this.server = server;
        this.zone = zone;
        this.next = next;
        for (LongAdder[] some : requests) {
            Arrays.setAll(some, i -> new LongAdder());
        }
        Arrays.setAll(seconds, i -> new Histogram(SECONDS));
    }

    @Override
    public DnsAnswer answer(Ask ask) {
        long begun = System.nanoTime();
        DnsAnswer answer = next.answer(ask);
        if (!answer.later() && ask.depth() == 0) {
            int type = TYPES.indexOf(ask.query().type());
            type = type < 0 ? TYPES.size() : type;
            boolean six = ask.client().getAddress().getAddress().length == 16;
            requests[(ask.tcp() ? 2 : 0) + (six ? 1 : 0)][type].increment();
            seconds[type].add(System.nanoTime() - begun);
            requestBytes[ask.tcp() ? 1 : 0].add(ask.query().wire().length * WHOLE);
            if (ask.query().dnssec()) {
                dnssec.increment();
            }
            responses.computeIfAbsent(answer.code(), c -> new ConcurrentHashMap<>())
                    .computeIfAbsent(answer.from(), p -> new LongAdder()).increment();
        }
        return answer;
    }

    /// Counts the length of a response that was sent.
    void sent(boolean tcp, int length) {
        responseBytes[tcp ? 1 : 0].add(length * WHOLE);
    }

    /// The label of a type by its place in [#TYPES].
    static String type(int place) {
        return place < TYPES.size() ? RecordType.name(TYPES.get(place)) : "other";
    }
}
