package io.k3j.admissioncore;

import io.k3j.model.Key;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Where it is written down, for all servers, which service has claimed which value. For any thread; blocks.
interface Book {
    /// A claim: by whom, when it was written last, and at which revision.
    record Entry(String value, Key service, Instant at, long revision) {
    }

    /// The claim of a value, as it is now.
    Optional<Entry> find(String value);

    /// All claims.
    List<Entry> all();

    /// Writes a claim, over an earlier one or as the first; false when somebody was faster.
    boolean write(String value, Key service, Optional<Entry> over);

    /// Strikes a claim out, unless it has been written anew meanwhile.
    void strike(Entry entry);
}
