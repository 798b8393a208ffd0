package io.k3j.apiserver;

import io.k3j.model.Struct;
import io.k3j.watchcache.Item;
import java.util.List;

/// What a list answers: objects, the revision they are true at, and how to go on.
/// @param token empty at the end
/// @param remaining how many follow, -1 when nobody counted
record ListPage(List<Item> items, long revision, String token, long remaining) {
    /// The list's own metadata.
    Struct metadata() {
        Struct.Builder b = Struct.builder().put("resourceVersion", Long.toString(revision))
                .putUnlessEmpty("continue", token);
        if (remaining > 0) {
            b.put("remainingItemCount", remaining);
        }
        return b.build();
    }
}
