package io.k3j.clusterdns;

import java.util.List;

/// What is said: a response code, the records, and whether to show the zone's SOA (nothing found).
record Answer(int code, List<Data> records, List<Data> additional, boolean negative) {
    static final int OK = 0;
    static final int FORMAT_ERROR = 1;
    static final int SERVER_FAILURE = 2;
    static final int NO_SUCH_NAME = 3;
    static final int NOT_IMPLEMENTED = 4;

    /// The name exists, but has no record of the type.
    static final Answer NOTHING = new Answer(OK, List.of(), List.of(), true);
    /// The name does not exist.
    static final Answer NO_NAME = new Answer(NO_SUCH_NAME, List.of(), List.of(), true);

    static Answer of(List<Data> records) {
        return records.isEmpty() ? NOTHING : new Answer(OK, records, List.of(), false);
    }

    /// One record.
    sealed interface Data {
        /// The name it is about.
        String name();

        /// A or AAAA.
        record Address(String name, byte[] address) implements Data {
        }

        /// CNAME or PTR.
        record Name(String name, int type, String target) implements Data {
        }

        /// SRV.
        record Service(String name, int weight, int port, String target) implements Data {
        }

        /// TXT.
        record Text(String name, String text) implements Data {
        }
    }
}
