package io.k3j.flowcontrol;

/// How much memory the large bodies of requests may take together: while they arrive as many bytes as have come, so a
/// client that sends slowly or not at all takes little; from the last byte to the answer, as trees, what [BodyWeight]
/// says of them and of the objects they change. The first [#SMALL_BYTES] of a body are not counted: connections bound
/// them.
public final class BodyBudget {
    /// Up to this size a body is not counted.
    public static final int SMALL_BYTES = 64 << 10;
    /// The part of the heap that bodies may take.
    public static final int HEAP_PART = 4;
    /// The part of the budget for bodies that arrive, and the part of the rest that one user may take.
    static final int PART = 4;
    /// The part of what arrives that may be one user's; clients decide how long it stays.
    static final int ARRIVING_USER_PART = 8;
    private final Pool arriving;
    private final Pool atWork;

    /// @param most bytes
    /// @param largest the size of the largest body
    public BodyBudget(long most, int largest) {
        this(most, largest, Pool.PATIENCE_MILLIS);
    }

    /// The same; `patienceMillis` is how long a body waits for room.
    BodyBudget(long most, int largest, long patienceMillis) {
        this.arriving = Pool.ofMemory(most / PART, largest, ARRIVING_USER_PART, patienceMillis);
        this.atWork = Pool.ofMemory(most - most / PART, BodyWeight.least(largest), PART, patienceMillis);
    }

    /// Room for a body of a user, of which nothing has come.
    public Room room(String user, boolean exempt) {
        return new Room(user, exempt);
    }

    /// What one body takes, given back by closing it. Used by one thread.
    public final class Room implements AutoCloseable {
        private final Pool.Room arrived;
        private final Pool.Room work;
        private long length;

        private Room(String user, boolean exempt) {
            this.arrived = arriving.room(user, exempt);
            this.work = atWork.room(user, exempt);
        }

        /// More has come; blocks for a moment when there is no room.
        /// @throws io.k3j.clientapi.ApiFault 429
        public void arrived(int bytes) {
            long counted = Math.max(length, SMALL_BYTES);
            length += bytes;
            if (length > counted) {
                arrived.more(length - counted);
            }
        }

        /// All has come and is going to be worked on. What weighs more than a user's part counts as that part, so that
        /// one of those is worked on at a time.
        ///
        /// @param mediaType without parameters, in lower case
        /// @throws io.k3j.clientapi.ApiFault 429
        public void whole(byte[] body, String mediaType) {
            if (length > SMALL_BYTES) {
                work.more(BodyWeight.of(body, mediaType));
                arrived.close();
            }
        }

        /// A patch or an update, be it small, meets an object that is there: that is a tree as well while it is worked
        /// on, and is compared with what it becomes. Small ones are not counted, as small bodies are not.
        ///
        /// @param stored its JSON
        /// @throws io.k3j.clientapi.ApiFault 429
        public void meets(byte[] stored) {
            if (stored.length > SMALL_BYTES) {
                work.more(BodyWeight.of(stored, "application/json"));
            }
        }

        @Override
        public void close() {
            arrived.close();
            work.close();
        }
    }

    /// How many bytes are taken.
    public long taken() {
        return arriving.taken() + atWork.taken();
    }
}
