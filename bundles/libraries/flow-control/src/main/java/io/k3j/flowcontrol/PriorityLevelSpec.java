package io.k3j.flowcontrol;

import io.k3j.model.Struct;
import org.jspecify.annotations.Nullable;

/// What a PriorityLevelConfiguration says, with upstream's defaults.
///
/// @param shares of the server's seats, in proportion to all levels' together
/// @param lendable percent of its own seats that others may use while it does not
/// @param borrowing percent of its own seats that it may use of others', [#UNLIMITED] for all
record PriorityLevelSpec(String name, String uid, int shares, int lendable, int borrowing, Queuing queuing) {
    /// As many as there are.
    static final int UNLIMITED = -1;
    private static final String EXEMPT = "exempt";
    private static final int MOST_SHARES = 1 << 20;
    private static final int PERCENT = 100;

    /// Where requests wait.
    ///
    /// @param queues how many; 0 where nobody waits but is refused, negative where nobody needs to wait
    /// @param hand how many of them are looked at for one flow
    /// @param length how many requests each holds
    record Queuing(int queues, int hand, int length) {
        /// Nobody waits: whoever is beyond the limit is refused.
        static final Queuing REJECT = new Queuing(0, 1, 0);
        /// There is no limit.
        static final Queuing EXEMPT = new Queuing(-1, 1, 0);
        private static final long MOST_LENGTH = 1_000_000;

        private static @Nullable Queuing of(Struct queuing) {
            long queues = queuing.whole("queues", 64);
            long hand = queuing.whole("handSize", 8);
            long length = queuing.whole("queueLengthLimit", 50);
            boolean sound = queues > 0 && hand > 0 && hand <= queues && length > 0;
            return sound && queues <= ShuffleSharding.MOST_QUEUES
                    && ShuffleSharding.bits(queues, hand) <= ShuffleSharding.MOST_BITS
                            ? new Queuing((int) queues, (int) hand, (int) Math.min(length, MOST_LENGTH)) : null;
        }

        boolean exempt() {
            return queues < 0;
        }

        boolean rejects() {
            return queues == 0;
        }
    }

    /// Reads an object; null for one that contradicts itself, which counts as absent, as upstream's.
    static @Nullable PriorityLevelSpec of(Struct object) {
        Struct metadata = object.struct("metadata");
        Struct spec = object.struct("spec");
        String name = metadata.text("name");
        boolean exempt = spec.text("type").equals("Exempt");
        Struct limits = spec.struct(exempt ? EXEMPT : "limited");
        Queuing queuing = exempt ? Queuing.EXEMPT : queuing(limits.struct("limitResponse"));
        if (queuing == null || exempt != name.equals(EXEMPT) || !exempt && !spec.has("limited")) {
            return null;
        }
        return new PriorityLevelSpec(name, metadata.text("uid"),
                Math.clamp(limits.whole("nominalConcurrencyShares", exempt ? 0 : 30), 0, MOST_SHARES),
                Math.clamp(limits.whole("lendablePercent", 0), 0, PERCENT),
                Math.clamp(limits.whole("borrowingLimitPercent", UNLIMITED), UNLIMITED, MOST_SHARES), queuing);
    }

    private static @Nullable Queuing queuing(Struct response) {
        return switch (response.text("type")) {
            case "Reject" -> response.has("queuing") ? null : Queuing.REJECT;
            case "Queue" -> response.has("queuing") ? Queuing.of(response.struct("queuing")) : null;
            default -> null;
        };
    }
}
