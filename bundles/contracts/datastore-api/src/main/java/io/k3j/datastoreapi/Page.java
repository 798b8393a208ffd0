package io.k3j.datastoreapi;

import java.util.List;

/// Part of a range. `more` says that keys follow the last one; `revision` is that of the whole
/// answer, never lower than any entry's.
public record Page(List<Entry> entries, boolean more, long revision) {
}
