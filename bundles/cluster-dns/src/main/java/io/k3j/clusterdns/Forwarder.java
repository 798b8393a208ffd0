package io.k3j.clusterdns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Passes what is not the cluster's on to the node's resolvers and remembers answers for a while, as K3s'
/// `cache 30`, but never longer than their records live. Each question goes out from a port of its own with an id of
/// its own, and only an answer to that very question is taken.
final class Forwarder {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int LARGEST = 65_535;
    /// RD, AD and CD.
    private static final int MEANT = 0x0130;
    private static final int MOST_REMEMBERED = 4096;
    private static final Duration REMEMBER = Duration.ofSeconds(30);
    private final Supplier<List<InetSocketAddress>> resolvers;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final Map<Asked, Remembered> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Asked, Remembered> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    private record Remembered(byte[] message, Instant since, Instant until) {
    }

    /// All that an answer depends on: besides the question its class, whether to recurse, to check signatures and to
    /// show them, and whether EDNS is spoken.
    private record Asked(Question question, int kind, int flags, boolean edns, boolean dnssec) {
        static Asked of(Wire.Query q) {
            return new Asked(q.question(), q.kind(), q.flags() & MEANT, q.edns(), q.dnssec());
        }
    }

    Forwarder(Supplier<List<InetSocketAddress>> resolvers, RandomGenerator random, InstantSource clock) {
        this.resolvers = resolvers;
        this.random = random;
        this.clock = clock;
    }

    /// The answer of the first resolver that gives one, under the client's id; empty when none did.
    /// @param most the longest answer its client takes
    Optional<byte[]> ask(byte[] query, Wire.Query parsed, boolean tcp, int most) {
        Optional<byte[]> known = known(parsed).filter(m -> m.length <= most);
        if (known.isPresent()) {
            return known.map(m -> withId(m, parsed.id()));
        }
        int id = random.nextInt(0x10000);
        byte[] out = withId(query, id);
        for (InetSocketAddress resolver : resolvers.get()) {
            Optional<byte[]> answer = exchange(out, resolver, tcp).filter(m -> answers(m, parsed));
            if (answer.isPresent() && answer.get().length <= most) {
                remember(parsed, answer.get());
                return answer.map(m -> withId(m, parsed.id()));
            }
        }
        return Optional.empty();
    }

    /// Whether a message answers this question and no other.
    private static boolean answers(byte[] message, Wire.Query asked) {
        try {
            Wire.Query said = Wire.query(message);
            return (said.flags() & 0x8000) != 0 && said.question().equals(asked.question())
                    && said.kind() == asked.kind();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private Optional<byte[]> known(Wire.Query query) {
        Instant now = clock.instant();
        synchronized (remembered) {
            Remembered r = query.options() ? null : remembered.get(Asked.of(query));
            return r == null || !now.isBefore(r.until()) ? Optional.empty()
                    : Optional.of(TimesToLive.aged(r.message(), Duration.between(r.since(), now).toSeconds()));
        }
    }

    /// Whole answers that say yes or no; failures and cut ones are asked for again.
    private void remember(Wire.Query query, byte[] answer) {
        int code = answer[3] & 0xF;
        boolean cut = (answer[2] & 2) != 0;
        long life = Math.min(TimesToLive.least(answer), REMEMBER.toSeconds());
        if (!cut && (code == Answer.OK || code == Answer.NO_SUCH_NAME) && !query.options() && life > 0) {
            Instant now = clock.instant();
            synchronized (remembered) {
                remembered.put(Asked.of(query), new Remembered(answer, now, now.plusSeconds(life)));
            }
        }
    }

    private static byte[] withId(byte[] message, int id) {
        byte[] copy = message.clone();
        copy[0] = (byte) (id >> 8);
        copy[1] = (byte) id;
        return copy;
    }

    private static Optional<byte[]> exchange(byte[] query, InetSocketAddress resolver, boolean tcp) {
        try {
            return tcp ? byTcp(query, resolver) : byUdp(query, resolver);
        } catch (IOException e) {
            System.getLogger("io.k3j.clusterdns").log(System.Logger.Level.DEBUG, "resolver {0}: {1}", resolver,
                    e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<byte[]> byUdp(byte[] query, InetSocketAddress resolver) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(resolver);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.send(new DatagramPacket(query, query.length));
            DatagramPacket answer = new DatagramPacket(new byte[LARGEST], LARGEST);
            do {
                socket.receive(answer);
            } while (answer.getLength() < Wire.HEADER || answer.getData()[0] != query[0]
                    || answer.getData()[1] != query[1]);
            return Optional.of(Arrays.copyOf(answer.getData(), answer.getLength()));
        }
    }

    private static Optional<byte[]> byTcp(byte[] query, InetSocketAddress resolver) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(resolver, TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeShort(query.length);
            out.write(query);
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            return answer.length < Wire.HEADER ? Optional.empty() : Optional.of(answer);
        }
    }
}
