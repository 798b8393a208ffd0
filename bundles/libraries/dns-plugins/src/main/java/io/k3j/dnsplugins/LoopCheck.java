package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DnsQuery;
import io.k3j.dnsmessage.RecordType;
import java.util.List;
import java.util.random.RandomGenerator;

/// CoreDNS' plug-in `loop` (<https://coredns.io/plugins/loop/>): a question whose name only we know goes to the
/// resolvers; if it comes back, they lead here. CoreDNS ends then; here the block stops forwarding until its
/// configuration changes, and names of the cluster are answered on.
///
/// The probe is a name of two random numbers below the zone, of type HINFO, which no client asks for.
public final class LoopCheck implements Handler {
    private final String probe;
    private final Handler next;
    private volatile boolean seen;

    /// @param zones of the server block; the probe is a name below the first one
    /// @param random for the name, which nobody may guess
    /// @param next asked for everything else
    public LoopCheck(Zones zones, RandomGenerator random, Handler next) {
        String zone = zones.names().getFirst();
        probe = Long.toString(random.nextLong() >>> 2) + "." + Long.toString(random.nextLong() >>> 2)
                + (zone.isEmpty() ? "" : "." + zone);
        this.next = next;
    }

    @Override
    public DnsAnswer answer(Ask ask) {
        if (ask.type() == RecordType.HINFO && ask.name().equals(probe)) {
            seen = true;
            return DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, "loop", "the probe has come back");
        }
        return next.answer(ask);
    }

    /// Sends the probe to every resolver of these; blocks for their answers.
    /// @param forwards of the same server block
    /// @param random for ids
    /// @return whether it came back
    public boolean loops(List<Forward> forwards, RandomGenerator random) {
        DnsQuery query = DnsQuery.own(probe, RecordType.HINFO);
        for (Forward forward : forwards) {
            for (Upstream upstream : forward.upstreams().now()) {
                byte[] wire = query.wire().clone();
                wire[0] = (byte) random.nextInt(256);
                wire[1] = (byte) random.nextInt(256);
                try {
                    upstream.ask(wire, query, forward.settings().forceTcp(), forward.settings().readMillis());
                } catch (java.io.IOException e) {
                    System.getLogger("io.k3j.clusterdns").log(System.Logger.Level.DEBUG, "Loop probe: {0}",
                            e.getMessage());
                }
            }
        }
        return seen;
    }

    /// The name of the probe, in lower case.
    String probe() {
        return probe;
    }
}
