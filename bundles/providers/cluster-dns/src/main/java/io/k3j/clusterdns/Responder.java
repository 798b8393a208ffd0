package io.k3j.clusterdns;

import io.k3j.clusterdns.Configuration.ServedZone;
import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DnsMessageWriter;
import io.k3j.dnsmessage.DnsQuery;
import io.k3j.dnsplugins.AccessList;
import io.k3j.dnsplugins.Ask;
import io.k3j.dnsplugins.Handler;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Answers one message by the configuration of now. For any thread.
final class Responder {
    private static final byte[] LATER = new byte[0];
    private static final int MOST_TCP = 65_535;
    private static final System.Logger LOG = System.getLogger("io.k3j.clusterdns");
    private final AtomicLong panics = new AtomicLong();
    private volatile Configuration configuration = Configuration.none();

    /// From the next message on.
    void use(Configuration next) {
        configuration = next;
    }

    Configuration configuration() {
        return configuration;
    }

    /// The response to a message of at least a header.
    ///
    /// @param port of the Corefile's server block, which need not be the socket's
    /// @param patient whether a resolver may be waited for
    /// @return empty when it may not and has to be; no bytes when the message gets no response
    Optional<byte[]> respond(byte[] message, int port, boolean tcp, InetSocketAddress client, boolean patient) {
        DnsQuery query;
        try {
            if ((message[2] & 0x80) != 0) {
                // a response: answering it would make two servers answer each other for ever
                return Optional.of(LATER);
            }
            if ((message[2] & 0x78) != 0) {
                return Optional.of(DnsMessageWriter.failure(message, DnsAnswer.NOT_IMPLEMENTED));
            }
            query = DnsQuery.read(message);
        } catch (IllegalArgumentException e) {
            return Optional.of(DnsMessageWriter.failure(message, DnsAnswer.FORMAT_ERROR));
        }
        try {
            return respond(query, port, tcp, client, patient);
        } catch (RuntimeException unforeseen) {
            // it must not end the thread that answers everybody
            boolean told = Long.bitCount(panics.incrementAndGet()) == 1;
            LOG.log(told ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG,
                    "Recovered from a failure to answer a question of " + client.getAddress().getHostAddress(),
                    unforeseen);
            return Optional.of(DnsMessageWriter.write(query, DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, "", ""),
                    MOST_TCP));
        }
    }

    /// How many messages could not be answered by a mistake of this program.
    long panics() {
        return panics.get();
    }

    private Optional<byte[]> respond(DnsQuery query, int port, boolean tcp, InetSocketAddress client, boolean patient) {
        int most = tcp ? MOST_TCP : query.udp();
        if (query.version() != 0) {
            return Optional.of(DnsMessageWriter.write(query, DnsAnswer.coded(DnsAnswer.BAD_VERSION, "", ""), most));
        }
        Configuration now = configuration;
        Optional<ServedZone> zone = query.internet() ? now.find(port, query.name()) : Optional.empty();
        if (zone.isEmpty()) {
            return Optional.of(DnsMessageWriter.write(query, DnsAnswer.coded(DnsAnswer.REFUSED, "", ""), most));
        }
        Handler server = ask -> now.find(port, ask.name()).map(z -> z.chain().answer(ask))
                .orElseGet(() -> DnsAnswer.coded(DnsAnswer.REFUSED, "", "no zone"));
        DnsAnswer answer = zone.get().chain().answer(Ask.of(query, client, tcp, patient, server));
        if (answer.later()) {
            return Optional.empty();
        }
        if (AccessList.drops(answer)) {
            return Optional.of(LATER);
        }
        byte[] response = DnsMessageWriter.write(query, answer, most);
        BlockMetrics metrics = zone.get().metrics();
        if (metrics != null) {
            metrics.sent(tcp, response.length);
        }
        return Optional.of(response);
    }
}
